import {
  codeIcon,
  copyIcon,
  deleteIcon,
  editIcon,
  refreshIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ActionButton } from '../../button';
import { MoreButton } from '../../detail/more';
import { useNow } from '../../hooks';
import { jobsIcon, openIcon, StateIcon } from '../../icons';
import { serviceState, stateWord } from '../../states';
import { duration, exact, seconds } from '../../time';
import { IDeployment } from '../../tokens';
import { visible } from '../../visible';
import { AppUrl } from './url';

/** What can be done with a deployment as a whole. */
export interface IHeaderActions {
  open(): void;
  start(): void;
  stop(): void;
  restart(): void;
  edit(): void;
  duplicate(): void;
  remove(): void;
  copyPython(): void;
  makeJob(): void;
}

/** Name, state, address, and what can be done with a deployment. */
export function Header(props: {
  recipe: IDeployment;
  actions: IHeaderActions;
  trans: TranslationBundle;
  /** What is to be known of it. */
  children: React.ReactNode;
}): JSX.Element {
  const { recipe, trans } = props;
  const state = serviceState(recipe);
  const { name } = recipe.spec;
  return (
    <header className="jp-Deploy-header">
      <div className="jp-Deploy-header-title">
        <StateIcon state={state} trans={null} />
        <h2 title={name}>{name}</h2>
        <Standing recipe={recipe} trans={trans} />
      </div>
      <Buttons {...props} />
      <AppUrl url={recipe.state.url} trans={trans} />
      {state !== 'running' && state !== 'stopped' && (
        <p className="jp-Deploy-header-sentence" role="status">
          {visible(recipe.state['x-jupyter'].sentence)}
        </p>
      )}
      {props.children}
    </header>
  );
}

/** "2/2 running for 3 h". */
function Standing(props: {
  recipe: IDeployment;
  trans: TranslationBundle;
}): JSX.Element {
  const { recipe, trans } = props;
  const { ready, scale, revision, instances } = recipe.state['x-jupyter'];
  const since = instances
    .flatMap(({ ready, serving }) => (ready && serving ? [serving.at] : []))
    .sort()
    .at(0);
  const now = useNow(since === undefined ? 30_000 : 1000);
  const state = serviceState(recipe);
  const word =
    revision === null && state === 'stopped'
      ? trans.__('never started')
      : stateWord(state, trans);
  return (
    <>
      <span className="jp-Deploy-header-state">
        {trans.__('%1/%2 %3', ready, scale, word)}
      </span>
      {since !== undefined && (
        <time
          className="jp-Deploy-header-time"
          dateTime={since}
          title={trans.__('Ready since %1', exact(since))}
        >
          {trans.__(
            'for %1',
            duration(Math.max(1, Math.floor(seconds(since, null, now))), trans)
          )}
        </time>
      )}
    </>
  );
}

function Buttons(props: {
  recipe: IDeployment;
  actions: IHeaderActions;
  trans: TranslationBundle;
}): JSX.Element {
  const { actions, trans } = props;
  const { wanted, ready } = props.recipe.state['x-jupyter'];
  return (
    <div className="jp-Deploy-header-actions">
      {wanted && (
        <ActionButton
          icon={openIcon}
          label={trans.__('Open')}
          title={trans.__('Open the app in a new tab')}
          isMain={ready > 0}
          onClick={actions.open}
        />
      )}
      {wanted ? (
        <ActionButton
          icon={stopIcon}
          label={trans.__('Stop')}
          onClick={actions.stop}
        />
      ) : (
        <ActionButton
          icon={runIcon}
          label={trans.__('Start')}
          isMain
          onClick={actions.start}
        />
      )}
      {wanted && (
        <ActionButton
          icon={refreshIcon}
          label={trans.__('Restart')}
          optional
          onClick={actions.restart}
        />
      )}
      <ActionButton
        icon={editIcon}
        label={trans.__('Edit')}
        optional
        onClick={actions.edit}
      />
      <MoreButton
        label={trans.__('More')}
        entries={[
          {
            label: trans.__('Copy as Python'),
            icon: codeIcon,
            act: actions.copyPython
          },
          {
            label: trans.__('Make It a Job…'),
            icon: jobsIcon,
            act: actions.makeJob
          },
          {
            label: trans.__('Duplicate…'),
            icon: copyIcon,
            act: actions.duplicate
          },
          {
            label: trans.__('Delete…'),
            icon: deleteIcon,
            act: actions.remove
          }
        ]}
      />
    </div>
  );
}
