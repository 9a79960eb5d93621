import {
  defaultRangeExtractor,
  measureElement,
  useVirtualizer,
  VirtualItem,
  Virtualizer
} from '@tanstack/react-virtual';
import * as React from 'react';

export interface IRowsOptions {
  /** Rows there are; those that are not loaded yet count too. */
  count: number;
  /** Whether there may be more than `count`. */
  hasMore: boolean;
  /** Names a row, wherever it moves. */
  keyOf: (at: number) => string;
  /** What scrolls. */
  scroller: React.RefObject<HTMLElement>;
  /** The element that holds the rows, each with its position as `data-index`. */
  body: React.RefObject<HTMLElement>;
  /** Pixels of a row, exact or until it is measured. */
  height: number;
  /** Pixels of what covers the top of the scroller. */
  covered?: number;
  /** Hears which rows are in sight. */
  onSight: (from: number, to: number) => void;
}

export interface IRows {
  /** The rows to render: those in sight, few more, and the one with the focus. */
  items: VirtualItem[];
  /** Pixels of all rows, and pixels above the first one. */
  height: number;
  margin: number;
  /** Key of the row that Tab stops at. */
  tabStop: string | undefined;
  /** A ref for rows of differing heights. */
  measure: (element: Element | null) => void;
  /** For the body: arrows, Home, End and pages move the focus, which stays with its row. */
  handlers: {
    onKeyDown: React.KeyboardEventHandler<HTMLElement>;
    onFocus: React.FocusEventHandler<HTMLElement>;
    onBlur: React.FocusEventHandler<HTMLElement>;
  };
}

/** Of many rows those in sight, with a keyboard that reaches them all. */
export function useRows(options: IRowsOptions, preferred?: string): IRows {
  const { count, keyOf, scroller, body } = options;
  const [current, setCurrent] = React.useState<string | null>(null);
  const margin = useMargin(scroller, body);
  const at = React.useMemo(() => {
    for (let n = 0; n < count && current !== null; n++) {
      if (keyOf(n) === current) {
        return n;
      }
    }
    return -1;
  }, [count, keyOf, current]);

  const virtualizer = useVirtualizer<HTMLElement, Element>({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => options.height,
    getItemKey: keyOf,
    measureElement: measureShown(scroller, options.height),
    scrollMargin: margin,
    scrollPaddingStart: options.covered ?? 0,
    overscan: 10,
    rangeExtractor: range => {
      const shown = defaultRangeExtractor(range);
      const isExtra = at >= 0 && !shown.includes(at);
      return isExtra ? [...shown, at].sort((a, b) => a - b) : shown;
    }
  });
  const items = virtualizer.getVirtualItems();
  const { startIndex = 0, endIndex = 0 } = virtualizer.range ?? {};
  React.useEffect(
    () => options.onSight(startIndex, endIndex),
    [startIndex, endIndex, count]
  );

  const { go, ...held } = useFocus(options, virtualizer, setCurrent);
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    const from = indexOf(event.target);
    const page = Math.max(1, endIndex - startIndex - 1);
    const moves: { [key: string]: number } = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: Infinity
    };
    if (from >= 0 && event.key in moves && !isTyping(event.target)) {
      event.preventDefault();
      go(moves[event.key]);
    }
  };

  // Where the keyboard was, else what is preferred, if it is in sight.
  const tabStop = [current, preferred]
    .map(key => items.find(item => item.key === key))
    .find(item => item !== undefined);
  return {
    items,
    height: virtualizer.getTotalSize(),
    margin,
    tabStop: (tabStop ?? items[0])?.key as string | undefined,
    measure: virtualizer.measureElement,
    handlers: { onKeyDown, ...held }
  };
}

/** Measures what is shown: in a hidden tab nothing has a height, and keeps the one it had. */
export function measureShown<S extends HTMLElement>(
  scroller: React.RefObject<S>,
  height: number
): (
  element: Element,
  entry: ResizeObserverEntry | undefined,
  instance: Virtualizer<S, Element>
) => number {
  return (element, entry, instance) => {
    if (scroller.current?.clientHeight) {
      return measureElement(element, entry, instance);
    }
    const at = instance.indexFromElement(element);
    return instance.measurementsCache[at]?.size ?? height;
  };
}

/** Moves the focus to rows that may have to come into being first, and keeps it in the list
 * when its row goes. */
function useFocus(
  options: IRowsOptions,
  virtualizer: Virtualizer<HTMLElement, Element>,
  setCurrent: (key: string) => void
) {
  const { body, count, hasMore, keyOf } = options;
  /** Where the focus shall be; Infinity is the end, wherever it will be. */
  const wanted = React.useRef<number | null>(null);
  /** Where the focus is. */
  const held = React.useRef<number | null>(null);

  const bring = (target: number) => {
    const at = Math.max(0, Math.min(target, count - 1));
    setCurrent(keyOf(at));
    virtualizer.scrollToIndex(at);
  };
  const go = (target: number) => {
    wanted.current = target;
    bring(target);
  };

  React.useLayoutEffect(() => {
    const isLost =
      held.current !== null && document.activeElement === document.body;
    if (isLost && wanted.current === null) {
      wanted.current = held.current;
    }
    if (wanted.current === null || count === 0) {
      return;
    }
    const at = Math.max(0, Math.min(wanted.current, count - 1));
    const row = body.current?.querySelector<HTMLElement>(
      `[data-index="${at}"]`
    );
    if (!row) {
      setCurrent(keyOf(at));
      return;
    }
    row.focus({ preventScroll: true });
    if (wanted.current !== Infinity || !hasMore) {
      wanted.current = null;
    } else if (at !== virtualizer.range?.endIndex) {
      virtualizer.scrollToIndex(at);
    }
  });

  return {
    go,
    onFocus: (event: React.FocusEvent) => {
      const at = indexOf(event.target);
      held.current = at < 0 ? null : at;
      if (at >= 0) {
        setCurrent(keyOf(at));
      }
    },
    onBlur: (event: React.FocusEvent) => {
      // A row that goes is no reason to leave, and tells nobody.
      if (!body.current?.contains(event.relatedTarget)) {
        held.current = null;
        wanted.current = null;
      }
    }
  };
}

/** Pixels from the top of what scrolls to the first row; what is above may grow and shrink. */
function useMargin(
  scroller: React.RefObject<HTMLElement>,
  body: React.RefObject<HTMLElement>
): number {
  const [margin, setMargin] = React.useState(0);
  const measure = () => {
    if (scroller.current?.clientHeight && body.current) {
      const top = body.current.getBoundingClientRect().top;
      const origin = scroller.current.getBoundingClientRect().top;
      setMargin(Math.round(top - origin + scroller.current.scrollTop));
    }
  };
  React.useLayoutEffect(measure);
  React.useEffect(() => {
    const observer = new ResizeObserver(measure);
    [scroller.current, ...(scroller.current?.children ?? [])].forEach(
      element => element && observer.observe(element)
    );
    return () => observer.disconnect();
  }, []);
  return margin;
}

function indexOf(target: EventTarget): number {
  const row = (target as HTMLElement).closest<HTMLElement>('[data-index]');
  return Number(row?.dataset.index ?? -1);
}

/** Whether keys that move belong to what is typed or chosen in. */
function isTyping(target: EventTarget): boolean {
  return (target as HTMLElement).matches(
    'input:not([type="checkbox"]), select, textarea'
  );
}
