import { Button } from '@jupyter/react-components';
import {
  deleteIcon,
  editIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useNow } from '../hooks';
import { StateIcon } from '../icons';
import { isActive, jobState, stateWord } from '../states';
import { ago, clock, exact, seconds } from '../time';
import { IRecipe, IRun } from '../tokens';

export interface IHeaderProps {
  recipe: IRecipe;
  trans: TranslationBundle;
  onRun(): void;
  onStop(): void;
  onEdit(): void;
  onDelete(): void;
}

/** Name, state and what can be done with a job. */
export function Header(props: IHeaderProps): JSX.Element {
  const { recipe, trans } = props;
  const { last_run: run, active_runs } = recipe.state['x-jupyter'];
  const state = jobState(recipe);
  return (
    <header className="jp-Deploy-header">
      <div className="jp-Deploy-header-title">
        <StateIcon state={state} trans={null} />
        <h2 title={recipe.spec.name}>{recipe.spec.name}</h2>
        <span className="jp-Deploy-header-state">
          {run ? stateWord(state, trans) : trans.__('not run yet')}
        </span>
        {run && <Elapsed run={run} trans={trans} />}
      </div>
      <div className="jp-Deploy-header-actions">
        {active_runs > 0 && (
          <Button
            className="jp-Deploy-button"
            appearance="neutral"
            onClick={props.onStop}
          >
            <stopIcon.react slot="start" tag={null} />
            {trans.__('Stop')}
          </Button>
        )}
        <Button
          className="jp-Deploy-button"
          appearance={active_runs ? 'neutral' : 'accent'}
          onClick={props.onRun}
        >
          <runIcon.react slot="start" tag={null} />
          {active_runs ? trans.__('Run again') : trans.__('Run')}
        </Button>
        <Button
          className="jp-Deploy-button"
          appearance="neutral"
          title={trans.__('Edit')}
          onClick={props.onEdit}
        >
          <editIcon.react slot="start" tag={null} />
          <span className="jp-mod-wide">{trans.__('Edit')}</span>
        </Button>
        <Button
          className="jp-Deploy-button"
          appearance="neutral"
          title={trans.__('Delete…')}
          onClick={props.onDelete}
        >
          <deleteIcon.react slot="start" tag={null} />
          <span className="jp-mod-wide">{trans.__('Delete…')}</span>
        </Button>
      </div>
      {run?.state === 'error' && (
        <p className="jp-Deploy-header-failure">
          {run.sentence}
          {run.detail && <code>{run.detail}</code>}
        </p>
      )}
    </header>
  );
}

function Elapsed(props: { run: IRun; trans: TranslationBundle }): JSX.Element {
  const { run, trans } = props;
  const active = isActive(run.state);
  const now = useNow(active ? 1000 : 30_000);
  const since = active
    ? (run.started_at ?? run.created_at)
    : (run.ended_at ?? run.created_at);
  return (
    <time
      className="jp-Deploy-header-time"
      dateTime={since}
      title={`${run.sentence}\n${exact(since)}`}
    >
      {active
        ? clock(seconds(since, null, now), trans)
        : ago(since, now, trans)}
    </time>
  );
}
