import { listIcon, refreshIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IconButton } from '../../button';
import { bytesWords } from '../../bytes';
import { StateIcon } from '../../icons';
import { isActive } from '../../states';
import { ago, clock, duration, exact, seconds } from '../../time';
import { IInstance } from '../../tokens';
import { visible } from '../../visible';
import { IUsage } from './usage';
import { exitWords, instanceName, instanceState, instanceWord } from './words';

/** What can be done with one instance. */
export interface IInstanceActions {
  /** Shows its log below. */
  select(instance: IInstance): void;
  /** Shows its log alone. */
  log(instance: IInstance): void;
  replace(instance: IInstance): void;
}

/** One instance: how it is, since when, where it listens and what it takes. */
export function InstanceRow(props: {
  instance: IInstance;
  /** null: not known. */
  usage: IUsage | null;
  actions: IInstanceActions;
  columns: number;
  now: number;
  isShown: boolean;
  tabbable: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { instance, usage, actions, now, isShown, trans } = props;
  const active = isActive(instance.state);
  const word = instanceWord(instance, now, trans);
  const exit = exitWords(instance, trans);
  return (
    <>
      <tr
        className={isShown ? 'jp-mod-selected' : undefined}
        aria-selected={isShown}
        aria-label={trans.__('%1, %2', instanceName(instance, trans), word)}
        data-key={instance.id}
        tabIndex={props.tabbable ? 0 : -1}
        onClick={() => actions.select(instance)}
        onKeyDown={event => {
          if (event.key === 'Enter' && event.target === event.currentTarget) {
            actions.select(instance);
          }
        }}
      >
        <td className="jp-mod-number">{instance.instance}</td>
        <td title={visible(instance.sentence)}>
          <span className="jp-Deploy-outcome">
            <StateIcon state={instanceState(instance)} trans={null} />
            <span>{word}</span>
          </span>
        </td>
        <td className="jp-mod-revision">{instance.revision}</td>
        <td className="jp-mod-restarts">{instance.restarts}</td>
        <td className="jp-mod-for">{lifeWords(instance, now, trans)}</td>
        <td className="jp-mod-port">
          <Port instance={instance} trans={trans} />
        </td>
        <td className="jp-mod-cpu" title={seenWords(usage, now, trans)}>
          {active && usage && trans.__('%1 cores', usage.cores.toFixed(2))}
        </td>
        <td className="jp-mod-memory" title={seenWords(usage, now, trans)}>
          {active
            ? usage && bytesWords(usage.memory, trans)
            : instance.memory_peak !== null &&
              trans.__('at most %1', bytesWords(instance.memory_peak, trans))}
        </td>
        <td className="jp-mod-exit">
          {exit && (
            <span title={exit.at ? exact(exit.at) : undefined}>
              {exit.words}
              {exit.at && `, ${ago(exit.at, now, trans)}`}
            </span>
          )}
        </td>
        <td className="jp-mod-actions">
          <IconButton
            icon={listIcon}
            title={trans.__('Log')}
            label={trans.__('Log of %1', instanceName(instance, trans))}
            tabbable={props.tabbable}
            onClick={() => actions.log(instance)}
          />
          {active && instance.state !== 'stopping' && (
            <IconButton
              icon={refreshIcon}
              title={trans.__('Replace: another one takes its place')}
              label={trans.__('Replace %1', instanceName(instance, trans))}
              tabbable={props.tabbable}
              onClick={() => actions.replace(instance)}
            />
          )}
        </td>
      </tr>
      {active && instance.advice && (
        <tr className="jp-mod-note">
          <td colSpan={props.columns}>{visible(instance.advice.sentence)}</td>
        </tr>
      )}
    </>
  );
}

/** Where it listens, with a word where that is another place than it was given. */
function Port(props: {
  instance: IInstance;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { instance, trans } = props;
  const { serving } = instance;
  if (!serving) {
    return null;
  }
  const isOther = serving.port !== serving.given;
  return (
    <span
      title={trans.__('Listens on %1, port %2', serving.host, serving.port)}
    >
      {serving.port}
      {isOther && (
        <span className="jp-mod-doubt">
          {' '}
          {trans.__('not %1', serving.given)}
        </span>
      )}
      {serving.beyond && (
        <span
          className="jp-mod-doubt"
          title={trans.__(
            'It listens beyond this machine: reachable without signing in'
          )}
        >
          {' '}
          {trans.__('open to all')}
        </span>
      )}
    </span>
  );
}

/** How long its present or last life has been. */
function lifeWords(
  instance: IInstance,
  now: number,
  trans: TranslationBundle
): string {
  const { started_at, ended_at, state } = instance;
  const runs = state === 'running' || state === 'stopping' || ended_at !== null;
  if (!started_at || !runs) {
    return '';
  }
  const lived = seconds(started_at, ended_at, now);
  return ended_at ? duration(lived, trans) : clock(lived, trans);
}

/** When that was measured: of what has run for long, that is done seldom. */
function seenWords(
  usage: IUsage | null,
  now: number,
  trans: TranslationBundle
): string | undefined {
  return usage ? trans.__('Measured %1', ago(usage.at, now, trans)) : undefined;
}
