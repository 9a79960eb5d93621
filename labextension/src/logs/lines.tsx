import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';

import { measureShown } from '../rows';
import { ILine } from './line';
import { LogModel } from './model';
import { Line } from './row';

/** Pixels of one line, as in the style sheet. */
const LINE_HEIGHT = 18;
/** Pixels to an end of the window at which more is loaded. */
const NEAR = 600;

export interface ILinesProps {
  model: LogModel;
  wrap: boolean;
  times: boolean;
  /** What was searched for, to be marked. */
  marked: string;
  /** Byte at which the line of the current match begins. */
  current: number | null;
}

/** The lines in sight, and few more. */
export function Lines(props: ILinesProps): JSX.Element {
  const { model, wrap, times } = props;
  const { buffer, trans } = model;
  const scroller = React.useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: buffer.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: at => keyOf(buffer.line(at)),
    measureElement: measureShown(scroller, LINE_HEIGHT),
    overscan: 20
  });
  // `useAnchor` does it, for lines that come and go too.
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = () => false;
  const items = virtualizer.getVirtualItems();
  useAnchor(model, virtualizer, scroller);

  React.useEffect(() => {
    if (!wrap) {
      // Forgets the heights of wrapped lines; turned on, lines are measured as they mount.
      virtualizer.measure();
    }
  }, [wrap]);
  React.useEffect(() => {
    const slot = (_: LogModel, at: number) =>
      virtualizer.scrollToIndex(at, { align: 'center' });
    model.revealed.connect(slot);
    return () => {
      model.revealed.disconnect(slot);
    };
  }, [model]);

  const last = model.numberOf(Math.max(0, buffer.length - 1)) ?? 0;
  const digits = Math.max(3, String(last).length);

  return (
    <div
      ref={scroller}
      className={`jp-Deploy-lines${wrap ? ' jp-mod-wrap' : ''}`}
      style={{ '--jp-deploy-digits': digits } as React.CSSProperties}
      role="region"
      aria-label={trans.__('Log')}
      tabIndex={0}
    >
      <div
        className="jp-Deploy-lines-all"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map(item => {
          const line = buffer.line(item.index);
          return (
            <div
              key={item.key}
              data-index={item.index}
              ref={wrap ? virtualizer.measureElement : undefined}
              className={`jp-Deploy-line${
                line.offset === props.current ? ' jp-mod-current' : ''
              }`}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Line
                line={line}
                number={model.numberOf(item.index)}
                time={times ? model.timeOf(item.index) : undefined}
                marked={props.marked}
                trans={trans}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/**
 * Keeps what is read in its place while lines come and go around it, stays at the end
 * while following, and loads more near the ends of the window.
 */
function useAnchor(
  model: LogModel,
  virtualizer: ReturnType<typeof useVirtualizer<HTMLDivElement, Element>>,
  scroller: React.RefObject<HTMLDivElement>
): void {
  const anchor = React.useRef<{ key: React.Key; start: number } | null>(null);
  const scrolled = React.useRef(0);

  React.useLayoutEffect(() => {
    const element = scroller.current;
    if (!element?.clientHeight) {
      // In a tab that is hidden nothing has a place.
      return;
    }
    if (model.following) {
      element.scrollTop = element.scrollHeight;
    } else if (anchor.current) {
      const { key, start } = anchor.current;
      const now = virtualizer.measurementsCache.find(item => item.key === key);
      if (now && now.start !== start) {
        element.scrollTop += now.start - start;
        virtualizer.scrollOffset = element.scrollTop;
      }
    }
    scrolled.current = element.scrollTop;
    const offset = element.scrollTop;
    const top = virtualizer.measurementsCache.find(item => item.end > offset);
    anchor.current = top ? { key: top.key, start: top.start } : null;
    // What was loaded may be too little to scroll.
    loadNear(model, element);
  });

  React.useEffect(() => {
    const element = scroller.current!;
    const onScroll = () => {
      if (!element.clientHeight) {
        return;
      }
      const { scrollTop, scrollHeight, clientHeight } = element;
      const below = scrollHeight - clientHeight - scrollTop;
      if (scrollTop < scrolled.current - 2 && below > LINE_HEIGHT) {
        model.following = false;
      } else if (below < 4 && model.isAtEnd) {
        model.following = true;
      }
      scrolled.current = scrollTop;
      model.reader = scrollTop / Math.max(1, scrollHeight - clientHeight);
      const top = virtualizer.getVirtualItemForOffset(scrollTop);
      anchor.current = top ? { key: top.key, start: top.start } : null;
      loadNear(model, element);
    };
    // Before the virtualizer's: it renders at once, which goes back to the end if following.
    const options = { capture: true, passive: true };
    element.addEventListener('scroll', onScroll, options);
    return () => element.removeEventListener('scroll', onScroll, options);
  }, [model, virtualizer]);
}

/** Loads more where the reader comes near to an end of what is kept. */
function loadNear(model: LogModel, element: HTMLElement): void {
  const { scrollTop, scrollHeight, clientHeight } = element;
  const fits = scrollHeight <= clientHeight;
  if (fits || (scrollTop < NEAR && !model.following)) {
    void model.loadEarlier();
  } else if (scrollHeight - clientHeight - scrollTop < NEAR) {
    void model.loadLater();
  }
}

function keyOf(line: ILine): React.Key {
  return line.hole === undefined ? line.index : `hole-${line.offset}`;
}
