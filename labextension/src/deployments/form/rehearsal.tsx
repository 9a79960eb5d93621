import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Problem } from '../../form/fields';
import { StateIcon } from '../../icons';
import { parse } from '../../logs/ansi';
import {
  IAdvice,
  IDeploymentSpec,
  IFix,
  IRehearsal,
  RunState
} from '../../tokens';
import { DeploymentService } from '../service';
import { goesOn, IRehearsed, useRehearsing } from './rehearsing';

export interface IRehearsalProps {
  /** What the form says, for as much as it matters here. */
  says: string;
  /** Another request is under way. */
  busy: boolean;
  service: DeploymentService;
  trans: TranslationBundle;
  /** Calls `act` with what the form says, once that can be sent. */
  send(act: (spec: IDeploymentSpec) => Promise<void>): Promise<void>;
  onFix(fix: IFix): void;
}

/** Tries out what the form says before it is made, and tells how that goes. */
export function Rehearsal(props: IRehearsalProps): JSX.Element {
  const { says, busy, service, trans } = props;
  const { rehearsed, begin, end } = useRehearsing(service);
  const [said, setSaid] = React.useState(says);
  const id = React.useId();
  const onBegin = () => {
    if (!busy) {
      setSaid(says);
      void props.send(begin);
    }
  };
  const rehearsal = rehearsed?.rehearsal ?? null;
  const isGoing = rehearsal !== null && goesOn(rehearsal);
  return (
    <div className="jp-Deploy-rehearsal">
      <div className="jp-Deploy-rehearsal-bar">
        <button
          type="button"
          className="jp-Deploy-small jp-mod-styled"
          aria-describedby={`${id}-hint`}
          aria-disabled={busy}
          onClick={isGoing ? end : onBegin}
        >
          {isGoing
            ? trans.__('End the rehearsal')
            : rehearsed
              ? trans.__('Rehearse again')
              : trans.__('Rehearse')}
        </button>
        <span id={`${id}-hint`} className="jp-Deploy-hint">
          {trans.__(
            'starts one instance as the form says and tells whether it comes up; nothing is saved'
          )}
        </span>
      </div>
      {rehearsed && (
        <section
          className="jp-Deploy-rehearsed"
          aria-label={trans.__('Rehearsal')}
        >
          <Outcome
            {...props}
            rehearsed={rehearsed}
            isStale={said !== says}
            onBegin={onBegin}
          />
        </section>
      )}
    </div>
  );
}

interface IOutcomeProps extends IRehearsalProps {
  rehearsed: IRehearsed;
  /** The form says something else by now. */
  isStale: boolean;
  onBegin(): void;
}

function Outcome(props: IOutcomeProps): JSX.Element {
  const { rehearsed, isStale, trans } = props;
  const { rehearsal, verdict, isLost } = rehearsed;
  const sentence = (verdict ?? rehearsal)?.sentence;
  return (
    <>
      <ol className="jp-Deploy-steps">
        {steps(rehearsed, trans).map(([label, state]) => (
          <li key={label}>
            <StateIcon state={state} trans={trans} />
            {label}
          </li>
        ))}
      </ol>
      <div role="status">
        {sentence && <p className="jp-Deploy-verdict">{sentence}</p>}
        {verdict?.advice && <Advice {...props} advice={verdict.advice} />}
        {verdict && rehearsal?.state === 'ended' && (
          <p className="jp-Deploy-hint">{trans.__('The rehearsal is over.')}</p>
        )}
        {isStale && (
          <p className="jp-Deploy-hint">
            {trans.__(
              'The form was changed since: it says something else now.'
            )}
          </p>
        )}
        {isLost && (
          <Problem>{trans.__('The Jupyter server does not answer.')}</Problem>
        )}
      </div>
      {rehearsal?.log && <Tail text={rehearsal.log} trans={trans} />}
    </>
  );
}

/** What to do about it; once that is done in the form, to see whether it helped. */
function Advice(props: IOutcomeProps & { advice: IAdvice }): JSX.Element {
  const { advice, isStale, busy, trans, onBegin, onFix } = props;
  const { sentence, fix } = advice;
  return (
    <div className="jp-Deploy-notice jp-mod-warning">
      {sentence !== props.rehearsed.verdict?.sentence && <p>{sentence}</p>}
      <p>{advice.do}</p>
      {fix && (
        <button
          type="button"
          className="jp-Deploy-small jp-mod-styled"
          title={isStale ? undefined : `${fix.value}`}
          aria-disabled={busy}
          onClick={() => (isStale ? onBegin() : onFix(fix))}
        >
          {isStale ? trans.__('Rehearse again') : fix.label}
        </button>
      )}
    </div>
  );
}

/** How far it is, as far as that can be seen from here. */
function steps(
  { spec, rehearsal, verdict }: IRehearsed,
  trans: TranslationBundle
): [string, RunState][] {
  const isFrozen = spec['x-jupyter'].source === 'snapshot';
  const state = (verdict ?? rehearsal)?.state;
  return [
    ...(isFrozen
      ? [[trans.__('freeze the project'), 'completed'] as [string, RunState]]
      : []),
    [trans.__('start the command'), rehearsal ? 'completed' : 'starting'],
    [trans.__('listen on a port'), state ? LISTENS[state] : 'queued']
  ];
}

/** What a rehearsal says of the last step. */
const LISTENS: { [state in IRehearsal['state']]: RunState } = {
  starting: 'starting',
  up: 'completed',
  failed: 'error',
  ended: 'stopped'
};

/** The last lines of its log, without colours. */
function Tail(props: { text: string; trans: TranslationBundle }): JSX.Element {
  const { text, trans } = props;
  const log = React.useRef<HTMLPreElement>(null);
  React.useEffect(() => {
    log.current!.scrollTop = log.current!.scrollHeight;
  }, [text]);
  return (
    <pre
      ref={log}
      className="jp-Deploy-tail"
      role="region"
      aria-label={trans.__('The last lines of its log')}
      tabIndex={0}
    >
      {text.split('\n').map(plain).join('\n')}
    </pre>
  );
}

/** Of a line that was written over, what stands there in the end. */
function plain(line: string): string {
  const shown = line.split('\r').filter(Boolean).pop() ?? '';
  return parse(shown)
    .map(({ text }) => text)
    .join('');
}
