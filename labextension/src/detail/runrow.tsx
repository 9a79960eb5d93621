import { notebookIcon, stopIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { StateIcon } from '../icons';
import { isActive, outcome } from '../states';
import { clock, duration, exact, moment, seconds } from '../time';
import { IRun } from '../tokens';

export interface IRunRowProps {
  run: IRun;
  /** Position in the table, from 0. */
  index: number;
  now: number;
  trans: TranslationBundle;
  /** Whether its log is shown. */
  selected: boolean;
  /** Whether it is marked to be deleted with others. */
  marked: boolean;
  /** Whether Tab stops here: one row of the table. */
  tabbable: boolean;
  onFocus(): void;
  onSelect(): void;
  onMark(on: boolean): void;
  onStop(): void;
  onNotebook: (() => void) | null;
  onDelete(): void;
}

/** One run: how it went, when, and how long. */
export function RunRow(props: IRunRowProps): JSX.Element {
  const { run, trans, now, selected } = props;
  const active = isActive(run.state);
  const started = run.started_at ?? run.created_at;
  const tab = props.tabbable ? 0 : -1;

  const onKeyDown = (event: React.KeyboardEvent<HTMLTableRowElement>) => {
    if (event.target !== event.currentTarget) {
      return;
    }
    const keys: { [key: string]: () => void } = {
      Enter: props.onSelect,
      ' ': () => !active && props.onMark(!props.marked),
      Delete: () => !active && props.onDelete()
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
      aria-label={trans.__(
        'Run %1, %2, started %3',
        run.number,
        outcome(run, trans),
        moment(started, now)
      )}
      data-index={props.index}
      tabIndex={tab}
      onClick={props.onSelect}
      onKeyDown={onKeyDown}
      onFocus={props.onFocus}
    >
      <td onClick={event => event.stopPropagation()}>
        <input
          type="checkbox"
          tabIndex={tab}
          disabled={active}
          aria-label={trans.__('Select run %1', run.number)}
          checked={props.marked}
          onChange={event => props.onMark(event.target.checked)}
        />
      </td>
      <td>{run.number}</td>
      <td title={[run.sentence, run.detail].filter(Boolean).join('\n')}>
        <span className="jp-Deploy-outcome">
          <StateIcon state={run.state} trans={null} />
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
        {run.progress !== null && props.onNotebook !== null && (
          <button
            className="jp-Deploy-iconButton"
            tabIndex={tab}
            title={trans.__('Open the executed notebook')}
            aria-label={trans.__('Open the notebook of run %1', run.number)}
            onClick={event => {
              event.stopPropagation();
              props.onNotebook!();
            }}
          >
            <notebookIcon.react tag={null} />
          </button>
        )}
        {active && run.state !== 'stopping' && (
          <button
            className="jp-Deploy-iconButton"
            tabIndex={tab}
            title={trans.__('Stop')}
            aria-label={trans.__('Stop run %1', run.number)}
            onClick={event => {
              event.stopPropagation();
              props.onStop();
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
