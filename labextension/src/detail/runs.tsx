import { TranslationBundle } from '@jupyterlab/translation';
import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';

import { useMore, useNow } from '../hooks';
import { isActive } from '../states';
import { IRun } from '../tokens';
import { JobModel } from './model';
import { RunRow } from './runrow';

/** Pixels of one row, and of bar and heading together, as in the style sheet. */
const ROW_HEIGHT = 28;
const BAR_HEIGHT = 56;

export interface IRunsProps {
  model: JobModel;
  trans: TranslationBundle;
  /** What scrolls: the table is only a part of it. */
  scroller: React.RefObject<HTMLElement>;
  onStop(run: IRun): void;
  onNotebook: ((run: IRun) => void) | null;
  /** Resolves when they are gone, or were kept; `progress` hears how many are gone. */
  onDelete(runs: IRun[], progress: (done: number) => void): Promise<void>;
}

/** All runs of a job, newest first. */
export function Runs(props: IRunsProps): JSX.Element {
  const { model, trans, scroller } = props;
  const { runs } = model;
  const [marked, setMarked] = React.useState<ReadonlySet<string>>(new Set());
  const now = useNow(runs.some(run => isActive(run.state)) ? 1000 : 30_000);
  const more = useMore(() => void model.loadMore(), runs.length);
  const body = React.useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = React.useState<string | null>(null);
  const [deleted, setDeleted] = React.useState<number | null>(null);
  const virtualizer = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    scrollMargin: body.current?.offsetTop ?? 0,
    getItemKey: at => runs[at].id,
    // What stays above the rows as they scroll.
    scrollPaddingStart: BAR_HEIGHT,
    overscan: 10
  });
  const items = virtualizer.getVirtualItems();
  const margin = virtualizer.options.scrollMargin;
  const above = items.length ? items[0].start - margin : 0;
  const below = items.length
    ? virtualizer.getTotalSize() - (items[items.length - 1].end - margin)
    : 0;

  const focus = useFocusAt(body, at => virtualizer.scrollToIndex(at));
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('tr');
    const at = Number(row?.dataset.index);
    const target = {
      ArrowDown: Math.min(at + 1, runs.length - 1),
      ArrowUp: Math.max(at - 1, 0),
      Home: 0,
      End: runs.length - 1
    }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      focus(target);
    }
  };
  // Tab stops at one row: where the keyboard was, else what is shown, if it is in sight.
  const stop =
    [current, model.selected?.id]
      .map(id => items.find(({ key }) => key === id))
      .find(item => item !== undefined) ?? items[0];

  const ended = runs.filter(run => !isActive(run.state));
  const chosen = ended.filter(run => marked.has(run.id));
  const remove = async (gone: IRun[]) => {
    await props.onDelete(gone, setDeleted);
    setDeleted(null);
  };
  const mark = (ids: string[], on: boolean) => {
    const next = new Set(marked);
    ids.forEach(id => (on ? next.add(id) : next.delete(id)));
    setMarked(next);
  };

  return (
    <section className="jp-Deploy-runs">
      <div
        className={`jp-Deploy-runs-bar${chosen.length ? ' jp-mod-chosen' : ''}`}
      >
        <h3>{trans.__('Runs')}</h3>
        {chosen.length > 0 && (
          <button
            className="jp-Deploy-small jp-mod-styled jp-mod-warn"
            disabled={deleted !== null}
            onClick={() => void remove(chosen)}
          >
            {deleted !== null
              ? trans.__('Deleted %1 of %2…', deleted, chosen.length)
              : trans._n('Delete %1 run…', 'Delete %1 runs…', chosen.length)}
          </button>
        )}
      </div>
      {runs.length === 0 ? (
        <p className="jp-Deploy-note">{trans.__('It has not run yet.')}</p>
      ) : (
        <table
          role="grid"
          aria-label={trans.__('Runs')}
          aria-rowcount={model.hasMore ? -1 : runs.length + 1}
        >
          <thead>
            <tr>
              <th>
                <input
                  type="checkbox"
                  aria-label={trans.__('Select all ended runs')}
                  checked={chosen.length > 0 && chosen.length === ended.length}
                  onChange={event =>
                    mark(
                      ended.map(run => run.id),
                      event.target.checked
                    )
                  }
                />
              </th>
              <th>#</th>
              <th>{trans.__('Outcome')}</th>
              <th>{trans.__('Started')}</th>
              <th>{trans.__('Duration')}</th>
              <th className="jp-mod-wide">{trans.__('Trigger')}</th>
              <th className="jp-mod-wide">{trans.__('Attempts')}</th>
              <th aria-label={trans.__('Actions')} />
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={onKeyDown}>
            {above > 0 && <tr aria-hidden style={{ height: above }} />}
            {items.map(({ index, key }) => (
              <RunRow
                key={key}
                run={runs[index]}
                index={index}
                now={now}
                trans={trans}
                selected={model.selected?.id === key}
                marked={marked.has(runs[index].id)}
                tabbable={key === stop?.key}
                onFocus={() => setCurrent(runs[index].id)}
                onSelect={() => model.select(runs[index].id)}
                onMark={on => mark([runs[index].id], on)}
                onStop={() => props.onStop(runs[index])}
                onNotebook={
                  props.onNotebook && (() => props.onNotebook!(runs[index]))
                }
                onDelete={() => void remove([runs[index]])}
              />
            ))}
            {below > 0 && <tr aria-hidden style={{ height: below }} />}
          </tbody>
        </table>
      )}
      {model.hasMore && <div ref={more} className="jp-Deploy-more" />}
    </section>
  );
}

/** Moves the focus to the row at a position, which may have to come into being first. */
function useFocusAt(
  body: React.RefObject<HTMLElement>,
  bringIntoSight: (at: number) => void
): (at: number) => void {
  const wanted = React.useRef<number | null>(null);
  const focus = () => {
    const row = body.current?.querySelector<HTMLElement>(
      `tr[data-index="${wanted.current}"]`
    );
    if (row) {
      wanted.current = null;
      row.focus();
    }
  };
  React.useLayoutEffect(() => {
    if (wanted.current !== null) {
      focus();
    }
  });
  return at => {
    wanted.current = at;
    bringIntoSight(at);
    focus();
  };
}
