import { stopIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';

import { useMore, useNow } from '../hooks';
import { StateIcon } from '../icons';
import { isActive, outcome } from '../states';
import { clock, duration, exact, moment, seconds } from '../time';
import { IRun } from '../tokens';
import { JobModel } from './model';

/** Pixels of one row, as in the style sheet. */
const ROW_HEIGHT = 28;

export interface IRunsProps {
  model: JobModel;
  trans: TranslationBundle;
  /** What scrolls: the table is only a part of it. */
  scroller: React.RefObject<HTMLElement>;
  onStop(run: IRun): void;
  /** Resolves when they are gone, or were kept. */
  onDelete(runs: IRun[]): Promise<void>;
}

/** All runs of a job, newest first. */
export function Runs(props: IRunsProps): JSX.Element {
  const { model, trans, scroller } = props;
  const { runs } = model;
  const [marked, setMarked] = React.useState<ReadonlySet<string>>(new Set());
  const now = useNow(runs.some(run => isActive(run.state)) ? 1000 : 30_000);
  const more = useMore(() => void model.loadMore(), runs.length);
  const body = React.useRef<HTMLTableSectionElement>(null);
  const virtualizer = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    scrollMargin: body.current?.offsetTop ?? 0,
    getItemKey: at => runs[at].id,
    overscan: 10
  });
  const items = virtualizer.getVirtualItems();
  const margin = virtualizer.options.scrollMargin;
  const above = items.length ? items[0].start - margin : 0;
  const below = items.length
    ? virtualizer.getTotalSize() - (items[items.length - 1].end - margin)
    : 0;

  const ended = runs.filter(run => !isActive(run.state));
  const chosen = ended.filter(run => marked.has(run.id));
  const mark = (ids: string[], on: boolean) => {
    const next = new Set(marked);
    ids.forEach(id => (on ? next.add(id) : next.delete(id)));
    setMarked(next);
  };

  return (
    <section className="jp-Deploy-runs">
      <div className="jp-Deploy-runs-bar">
        <h3>{trans.__('Runs')}</h3>
        {chosen.length > 0 && (
          <button
            className="jp-Deploy-small jp-mod-styled jp-mod-warn"
            onClick={() => {
              void props.onDelete(chosen).then(() => setMarked(new Set()));
            }}
          >
            {trans._n('Delete %1 run…', 'Delete %1 runs…', chosen.length)}
          </button>
        )}
      </div>
      {runs.length === 0 ? (
        <p className="jp-Deploy-note">{trans.__('It has not run yet.')}</p>
      ) : (
        <table aria-rowcount={model.hasMore ? -1 : runs.length + 1}>
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
          <tbody ref={body}>
            {above > 0 && <tr style={{ height: above }} />}
            {items.map(({ index, key }) => (
              <RunRow
                key={key}
                {...props}
                run={runs[index]}
                index={index}
                now={now}
                marked={marked.has(runs[index].id)}
                mark={mark}
              />
            ))}
            {below > 0 && <tr style={{ height: below }} />}
          </tbody>
        </table>
      )}
      {model.hasMore && <div ref={more} className="jp-Deploy-more" />}
    </section>
  );
}

function RunRow(
  props: IRunsProps & {
    run: IRun;
    index: number;
    now: number;
    marked: boolean;
    mark: (ids: string[], on: boolean) => void;
  }
): JSX.Element {
  const { run, model, trans, now } = props;
  const active = isActive(run.state);
  const started = run.started_at ?? run.created_at;
  const selected = model.selected?.id === run.id;

  const onKeyDown = (event: React.KeyboardEvent<HTMLTableRowElement>) => {
    if (event.target !== event.currentTarget) {
      return;
    }
    const row = event.currentTarget;
    const keys: { [key: string]: () => void } = {
      Enter: () => model.select(run.id),
      ' ': () => !active && props.mark([run.id], !props.marked),
      Delete: () => !active && void props.onDelete([run]),
      ArrowDown: () => (row.nextElementSibling as HTMLElement | null)?.focus(),
      ArrowUp: () => (row.previousElementSibling as HTMLElement | null)?.focus()
    };
    if (event.key in keys) {
      event.preventDefault();
      keys[event.key]();
    }
  };

  return (
    <tr
      className={selected ? 'jp-mod-selected' : undefined}
      aria-selected={selected}
      aria-rowindex={props.index + 2}
      tabIndex={selected ? 0 : -1}
      onClick={() => model.select(run.id)}
      onKeyDown={onKeyDown}
    >
      <td onClick={event => event.stopPropagation()}>
        <input
          type="checkbox"
          tabIndex={selected ? 0 : -1}
          disabled={active}
          aria-label={trans.__('Select run %1', run.number)}
          checked={props.marked}
          onChange={event => props.mark([run.id], event.target.checked)}
        />
      </td>
      <td>{run.number}</td>
      <td title={[run.sentence, run.detail].filter(Boolean).join('\n')}>
        <span className="jp-Deploy-outcome">
          <StateIcon state={run.state} trans={trans} />
          {outcome(run, trans)}
        </span>
      </td>
      <td>
        <time dateTime={started} title={exact(started)}>
          {moment(started, now)}
        </time>
      </td>
      <td>{run.started_at && durationWords(run, now, trans)}</td>
      <td className="jp-mod-wide" title={trans.__('by %1', run.by)}>
        {triggerWords(run.trigger, trans)}
      </td>
      <td className="jp-mod-wide">
        {trans.__('%1 of %2', run.attempts.length, run.max_attempts)}
      </td>
      <td>
        {active && run.state !== 'stopping' && (
          <button
            className="jp-Deploy-iconButton"
            title={trans.__('Stop')}
            aria-label={trans.__('Stop run %1', run.number)}
            onClick={event => {
              event.stopPropagation();
              props.onStop(run);
            }}
          >
            <stopIcon.react tag={null} />
          </button>
        )}
      </td>
    </tr>
  );
}

function durationWords(run: IRun, now: number, trans: TranslationBundle) {
  const passed = seconds(run.started_at!, run.ended_at, now);
  return run.ended_at ? duration(passed, trans) : clock(passed, trans);
}

function triggerWords(trigger: string, trans: TranslationBundle): string {
  return trigger === 'manual' ? trans.__('by hand') : trigger;
}
