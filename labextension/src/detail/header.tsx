import { Button } from '@jupyter/react-components';
import {
  copyIcon,
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
import { DeployService } from '../service';
import { IRecipe, IRun } from '../tokens';
import { useChanges } from './changes';

export interface IHeaderProps {
  recipe: IRecipe;
  service: DeployService;
  trans: TranslationBundle;
  onRun(): void;
  onStop(): void;
  onEdit(): void;
  onDuplicate(): void;
  onDelete(): void;
  /** Shows what changed before a run. */
  onChanges(run: IRun): void;
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
          title={trans.__('Duplicate')}
          onClick={props.onDuplicate}
        >
          <copyIcon.react slot="start" tag={null} />
          <span className="jp-mod-wide">{trans.__('Duplicate')}</span>
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
        <div className="jp-Deploy-header-failure">
          {run.sentence}
          {run.detail && <code>{run.detail}</code>}
          <Suspects
            run={run}
            service={props.service}
            trans={trans}
            onChanges={() => props.onChanges(run)}
          />
        </div>
      )}
    </header>
  );
}

/** What changed since a run that was good, in one line. */
function Suspects(props: {
  run: IRun;
  service: DeployService;
  trans: TranslationBundle;
  onChanges(): void;
}): JSX.Element | null {
  const { changes } = useChanges(props.run, props.service, true);
  if (!changes?.since) {
    return null;
  }
  return (
    <div className="jp-Deploy-header-suspects">
      <span>{changes.sentence}</span>
      <button
        type="button"
        className="jp-Deploy-small jp-mod-styled"
        onClick={props.onChanges}
      >
        {props.trans.__('What changed')}
      </button>
    </div>
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
