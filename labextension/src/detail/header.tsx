import {
  copyIcon,
  deleteIcon,
  editIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { FixButton, IFixes } from '../advice';
import { ActionButton } from '../button';
import { useNow } from '../hooks';
import { scheduleIcon, StateIcon, unscheduleIcon } from '../icons';
import { ScheduleLine } from '../schedule/line';
import { standing } from '../schedule/words';
import { isActive, jobState, stateWord } from '../states';
import { ago, clock, exact, seconds } from '../time';
import { DeployService } from '../service';
import { IEngine, IRecipe, IRun } from '../tokens';
import { visible } from '../visible';
import { useChanges } from './changes';

export interface IHeaderProps {
  recipe: IRecipe;
  service: DeployService;
  /** Who acts on schedules. */
  engine: IEngine | null | undefined;
  fixes: IFixes;
  trans: TranslationBundle;
  onRun(): void;
  onStop(): void;
  onSetSchedule(on: boolean): void;
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
  const { suspended } = recipe.spec['x-jupyter'];
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
          <ActionButton
            icon={stopIcon}
            label={trans.__('Stop')}
            onClick={props.onStop}
          />
        )}
        <ActionButton
          icon={runIcon}
          label={active_runs ? trans.__('Run again') : trans.__('Run')}
          isMain={!active_runs}
          onClick={props.onRun}
        />
        {recipe.spec.schedule !== null && (
          <ActionButton
            icon={suspended ? scheduleIcon : unscheduleIcon}
            label={
              suspended
                ? trans.__('Switch schedule on')
                : trans.__('Switch schedule off')
            }
            optional
            onClick={() => props.onSetSchedule(suspended)}
          />
        )}
        <ActionButton
          icon={editIcon}
          label={trans.__('Edit')}
          optional
          onClick={props.onEdit}
        />
        <ActionButton
          icon={copyIcon}
          label={trans.__('Duplicate')}
          optional
          onClick={props.onDuplicate}
        />
        <ActionButton
          icon={deleteIcon}
          label={trans.__('Delete…')}
          optional
          onClick={props.onDelete}
        />
      </div>
      <Schedule {...props} />
      {run?.state === 'error' && (
        <div className="jp-Deploy-header-failure">
          {run.sentence}
          {run.advice ? (
            <>
              <p>{visible(run.advice.sentence)}</p>
              <p>
                {visible(run.advice.do)}{' '}
                <FixButton
                  of={run}
                  fixes={props.fixes}
                  trans={trans}
                  onAgain={props.onRun}
                />
              </p>
            </>
          ) : (
            run.detail && <code>{visible(run.detail)}</code>
          )}
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

/** When the job is due, in words. */
function Schedule(props: IHeaderProps): JSX.Element | null {
  const { recipe, engine, trans } = props;
  const now = useNow(10_000);
  const stands = standing(recipe, engine, now, trans);
  return (
    stands && (
      <ScheduleLine standing={stands} className="jp-Deploy-header-schedule" />
    )
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
