import {
  downloadIcon,
  historyIcon,
  HTMLSelect,
  wordIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { IconButton } from '../button';
import { useSignal } from '../hooks';
import { Settings } from '../settings';
import { isActive, stateWord } from '../states';
import { Lines } from './lines';
import { LogModel } from './model';
import { LogSearch } from './search';
import { SearchBox } from './searchbox';

export interface ILogViewProps {
  model: LogModel;
  settings: Settings;
  /** Stands there while there is nothing that has a log. */
  noneYet: string;
  /** What comes first above the log. */
  children?: React.ReactNode;
}

/** A log with all that reading it takes. */
export function LogView(props: ILogViewProps): JSX.Element {
  const { model, settings } = props;
  const { trans } = model;
  const download = model.source?.downloadUrl;
  const search = React.useMemo(() => new LogSearch(model), [model]);
  const box = React.useRef<HTMLInputElement>(null);
  const body = React.useRef<HTMLDivElement>(null);
  useSignal(model.stateChanged);
  useSignal(settings.changed);
  useSignal(search.stateChanged);
  React.useEffect(() => {
    model.showTimes = settings.logTimestamps;
  }, [model, settings.logTimestamps]);
  React.useEffect(() => void search.find(''), [model.run?.id, model.attempt]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
      event.preventDefault();
      event.stopPropagation();
      box.current?.focus();
    }
  };

  return (
    <div className="jp-Deploy-log" onKeyDown={onKeyDown}>
      <div className="jp-Deploy-log-bar">
        {props.children}
        <Attempts model={model} />
        <Connection model={model} />
        <SearchBox
          search={search}
          log={model}
          box={box}
          leave={() =>
            body.current?.querySelector<HTMLElement>('[tabindex]')?.focus()
          }
        />
        <IconButton
          icon={wordIcon}
          label={trans.__('Wrap long lines')}
          pressed={settings.logWrap}
          onClick={() => (settings.logWrap = !settings.logWrap)}
        />
        <IconButton
          icon={historyIcon}
          label={trans.__('Show times')}
          pressed={settings.logTimestamps}
          onClick={() => (settings.logTimestamps = !settings.logTimestamps)}
        />
        {model.run && model.run.attempts.length > 0 && download && (
          <a
            className="jp-Deploy-iconButton"
            href={download}
            download
            title={trans.__('Download the log')}
            aria-label={trans.__('Download the log')}
          >
            <downloadIcon.react tag={null} />
          </a>
        )}
      </div>
      <div className="jp-Deploy-log-body" ref={body}>
        {model.buffer.length > 0 ? (
          <Lines
            model={model}
            wrap={settings.logWrap}
            times={settings.logTimestamps}
            marked={search.text}
            current={search.currentOffset}
          />
        ) : (
          <Nothing model={model} noneYet={props.noneYet} />
        )}
        {!model.following && (model.newLines > 0 || !model.isAtEnd) && (
          <button
            className="jp-Deploy-new jp-mod-styled jp-mod-accept"
            onClick={() => void model.revealEnd()}
          >
            {model.newLines
              ? trans._n('↓ %1 new line', '↓ %1 new lines', model.newLines)
              : trans.__('↓ To the end')}
          </button>
        )}
      </div>
    </div>
  );
}

/** Why there is nothing to read. */
function Nothing(props: { model: LogModel; noneYet: string }): JSX.Element {
  const { model } = props;
  const { trans, run } = model;
  if (model.problem) {
    return (
      <div className="jp-Deploy-notice jp-mod-error" role="alert">
        <p>{model.problem}</p>
        <button className="jp-mod-styled" onClick={() => model.retry()}>
          {trans.__('Try again')}
        </button>
      </div>
    );
  }
  let words = trans.__('Loading…');
  if (!run) {
    words = props.noneYet;
  } else if (run.state === 'queued' || run.state === 'starting') {
    words = run.sentence;
  } else if (!run.attempts.length) {
    words = trans.__('This run never started.');
  } else if (!model.isLoading) {
    words = isActive(run.state)
      ? trans.__('No output yet.')
      : trans.__('It ended without any output.');
  }
  return <p className="jp-Deploy-note">{words}</p>;
}

function Attempts(props: { model: LogModel }): JSX.Element | null {
  const { model } = props;
  const { run, trans } = model;
  if (!run || run.attempts.length < 2) {
    return null;
  }
  return (
    <HTMLSelect
      className="jp-Deploy-attempts"
      aria-label={
        run.max_attempts === undefined ? trans.__('Life') : trans.__('Attempt')
      }
      value={model.attempt}
      onChange={event => model.pick(Number(event.target.value))}
    >
      {run.attempts.map(({ number, state }) => (
        <option key={number} value={number}>
          {run.max_attempts === undefined
            ? trans.__('Life %1 (%2)', number, stateWord(state, trans))
            : trans.__(
                'Attempt %1 of %2 (%3)',
                number,
                run.max_attempts,
                stateWord(state, trans)
              )}
        </option>
      ))}
    </HTMLSelect>
  );
}

/** Whether the log is live; only a lost connection is said aloud. */
function Connection(props: { model: LogModel }): JSX.Element {
  const { model } = props;
  const { trans, stream } = model;
  const broken = stream?.state === 'broken' || model.problem !== null;
  const live =
    stream?.state === 'open' && model.run?.attempts.length && model.following;
  return (
    <>
      <span className="jp-Deploy-live jp-mod-broken" role="status">
        {broken &&
          (model.problem ?? trans.__('Connection lost, trying again…'))}
      </span>
      {!broken && (
        <span className="jp-Deploy-live">{live && trans.__('live')}</span>
      )}
    </>
  );
}
