import { LabIcon, notebookIcon, stopIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IconButton } from '../button';
import { bytesWords } from '../bytes';
import { pinIcon, StateIcon } from '../icons';
import { dueWords, triggerWords } from '../schedule/words';
import { isActive, outcome } from '../states';
import { clock, duration, exact, moment, seconds } from '../time';
import { IRun } from '../tokens';
import { codeSentence, codeWords } from './code';

/** What can be done with one run. */
export interface IRunActions {
  open(run: IRun): void;
  stop(run: IRun): void;
  pin(run: IRun): void;
  remove(run: IRun): void;
  /** Opens the executed notebook; null where nothing can show it. */
  notebook: ((run: IRun) => void) | null;
}

export interface IRunRowProps {
  run: IRun;
  actions: IRunActions;
  /** Position in the table, from 0. */
  index: number;
  now: number;
  trans: TranslationBundle;
  /** Whether its log is shown. */
  isShown: boolean;
  /** Whether it is chosen, with others, for what is done to many. */
  chosen: boolean;
  showJob: boolean;
  /** Whether Tab stops here: one row of the table. */
  tabbable: boolean;
  onChoose(): void;
  /** Whether the click only chose. */
  onClick(event: React.MouseEvent): boolean;
}

/** One run: how it went, when, how long, and what it took. */
export function RunRow(props: IRunRowProps): JSX.Element {
  const { run, actions, trans, now, isShown, chosen } = props;
  const started = run.started_at ?? run.created_at;

  const onKeyDown = (event: React.KeyboardEvent<HTMLTableRowElement>) => {
    if (event.target !== event.currentTarget) {
      return;
    }
    const keys: { [key: string]: () => void } = {
      Enter: () => actions.open(run),
      ' ': props.onChoose,
      Delete: () => !isActive(run.state) && actions.remove(run)
    };
    if (event.key in keys) {
      event.preventDefault();
      keys[event.key]();
    }
  };

  return (
    <tr
      className={[isShown && 'jp-mod-selected', chosen && 'jp-mod-chosen']
        .filter(Boolean)
        .join(' ')}
      aria-selected={isShown}
      aria-rowindex={props.index + 2}
      aria-label={name(props, started)}
      data-index={props.index}
      data-run={run.id}
      tabIndex={props.tabbable ? 0 : -1}
      onClick={event => props.onClick(event) || actions.open(run)}
      onKeyDown={onKeyDown}
    >
      <td
        className="jp-mod-check"
        onClick={event => {
          event.stopPropagation();
          // A click beside the box means the box.
          if (!props.onClick(event)) {
            props.onChoose();
          }
        }}
      >
        <input
          type="checkbox"
          tabIndex={props.tabbable ? 0 : -1}
          aria-label={trans.__('Select run %1', run.number)}
          checked={chosen}
          readOnly
        />
      </td>
      {props.showJob && (
        <td className="jp-mod-job" title={`${run.job_name}\n${run.project}`}>
          {run.job_name}
        </td>
      )}
      <td className="jp-mod-number">{run.number}</td>
      <td
        title={[run.sentence, run.detail, diskWords(run, trans)]
          .filter(Boolean)
          .join('\n')}
      >
        <span className="jp-Deploy-outcome">
          <StateIcon state={run.state} trans={null} />
          <span>{outcome(run, trans)}</span>
        </span>
      </td>
      <td>
        <time dateTime={started} title={exact(started)}>
          {moment(started, now)}
        </time>
      </td>
      <td className="jp-mod-duration">
        {run.started_at && durationWords(run, now, trans)}
      </td>
      <td className="jp-mod-cpu">
        {run.cpu_seconds !== null && duration(run.cpu_seconds, trans)}
      </td>
      <td className="jp-mod-memory">
        {run.memory_peak !== null && bytesWords(run.memory_peak, trans)}
      </td>
      <td className="jp-mod-code" title={codeSentence(run.code, trans)}>
        <span>
          <span>{codeWords(run.code, trans)}</span>
          {run.code.dirty && (
            <span className="jp-Deploy-changed">{trans.__('changed')}</span>
          )}
        </span>
      </td>
      <td
        className="jp-mod-trigger"
        title={`${dueWords(run, trans)}\n${trans.__('by %1', run.by)}`}
      >
        {triggerWords(run, trans)}
      </td>
      <td className="jp-mod-attempts">
        {trans.__('%1 of %2', run.attempts.length, run.max_attempts)}
      </td>
      <td className="jp-mod-actions">
        <RowButtons {...props} />
      </td>
    </tr>
  );
}

function RowButtons(props: IRunRowProps): JSX.Element {
  const { run, actions, tabbable, trans } = props;
  const button = (
    icon: LabIcon,
    title: string,
    label: string,
    act: (run: IRun) => void,
    pressed?: boolean
  ) => (
    <IconButton
      {...{ icon, title, label, tabbable, pressed }}
      onClick={() => act(run)}
    />
  );
  return (
    <>
      {isActive(run.state) &&
        run.state !== 'stopping' &&
        button(
          stopIcon,
          trans.__('Stop'),
          trans.__('Stop run %1', run.number),
          actions.stop
        )}
      {run.progress !== null &&
        actions.notebook !== null &&
        button(
          notebookIcon,
          trans.__('Open the executed notebook'),
          trans.__('Open the notebook of run %1', run.number),
          actions.notebook
        )}
      {button(
        pinIcon,
        run.pinned
          ? trans.__('Pinned: it is kept, however old')
          : trans.__('Pin: keep it, however old'),
        trans.__('Pin run %1', run.number),
        actions.pin,
        run.pinned
      )}
    </>
  );
}

/** The row in a few words, for those who listen. */
function name(props: IRunRowProps, started: string): string {
  const { run, now, trans } = props;
  const words = trans.__(
    'Run %1, %2, started %3',
    run.number,
    outcome(run, trans),
    moment(started, now)
  );
  return props.showJob ? trans.__('%1: %2', run.job_name, words) : words;
}

function durationWords(run: IRun, now: number, trans: TranslationBundle) {
  const passed = seconds(run.started_at!, run.ended_at, now);
  return run.ended_at ? duration(passed, trans) : clock(passed, trans);
}

function diskWords(run: IRun, trans: TranslationBundle): string {
  return run.disk === null
    ? ''
    : trans.__('%1 on disk', bytesWords(run.disk, trans));
}
