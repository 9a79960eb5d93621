import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { FixButton } from '../../advice';
import { IDeployment } from '../../tokens';
import { visible } from '../../visible';
import { DeploymentActions } from '../actions';

/** An edit that is not in service yet, and the way there. */
export function Waiting(props: {
  recipe: IDeployment;
  actions: DeploymentActions;
}): JSX.Element | null {
  const { recipe, actions } = props;
  const { trans } = actions;
  const { needs_restart, revision } = recipe.state['x-jupyter'];
  if (!needs_restart) {
    return null;
  }
  return (
    <div className="jp-Deploy-header-notice" role="status">
      <span className="jp-Deploy-badge">{trans.__('Needs restart')}</span>
      <span>
        {trans.__(
          'Your edit waits: revision %1 runs on as it was.',
          revision ?? 0
        )}
      </span>
      <button
        type="button"
        className="jp-Deploy-small jp-mod-styled"
        onClick={() => void actions.restart(recipe)}
      >
        {trans.__('Restart')}
      </button>
    </div>
  );
}

/** What the doctor has found, what to do about it, and the way to do it. */
export function Advice(props: {
  recipe: IDeployment;
  actions: DeploymentActions;
  /** Shows the log of the instance that it is about. */
  onLog(instanceId: string): void;
}): JSX.Element | null {
  const { recipe, actions, onLog } = props;
  const { trans } = actions;
  const { advice, advice_run, ready } = recipe.state['x-jupyter'];
  if (!advice || advice_run === null) {
    return null;
  }
  return (
    <div
      className={`jp-Deploy-header-failure ${ready ? 'jp-mod-warn' : ''}`}
      role="status"
    >
      <p>{visible(advice.sentence)}</p>
      <div className="jp-Deploy-header-do">
        <p>{visible(advice.do)}</p>
        <span>
          <FixButton
            of={{ id: advice_run, advice }}
            fixes={{
              fix: of => void actions.fix(recipe, of),
              isFixed: of => actions.isFixed(of)
            }}
            {...again(recipe, actions, trans)}
            trans={trans}
          />
          <button
            type="button"
            className="jp-Deploy-small jp-mod-styled"
            onClick={() => onLog(advice_run)}
          >
            {trans.__('Log')}
          </button>
        </span>
      </div>
    </div>
  );
}

/** What puts a fix to use. */
function again(
  recipe: IDeployment,
  actions: DeploymentActions,
  trans: TranslationBundle
) {
  return recipe.state['x-jupyter'].wanted
    ? {
        again: trans.__('Restart'),
        onAgain: () => void actions.restart(recipe)
      }
    : { again: trans.__('Start'), onAgain: () => void actions.start(recipe) };
}
