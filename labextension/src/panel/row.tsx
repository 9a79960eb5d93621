import {
  deleteIcon,
  editIcon,
  LabIcon,
  listIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IFixes } from '../advice';
import { IconButton } from '../button';
import { scheduleIcon, unscheduleIcon } from '../icons';
import { ScheduleLine } from '../schedule/line';
import { standing } from '../schedule/words';
import { isActive, jobState, outcome } from '../states';
import { ago, clock, exact, moment, seconds } from '../time';
import { IEngine, IRecipe, IRun } from '../tokens';
import { Advice, Failure } from './failure';
import { Frame, IChoice } from './frame';
import { IPlace } from './listing';

export interface IRowActions extends IFixes {
  open(recipe: IRecipe): void;
  openLog(recipe: IRecipe): void;
  start(recipe: IRecipe): void;
  stop(recipe: IRecipe): void;
  setSchedule(recipe: IRecipe, on: boolean): void;
  edit(recipe: IRecipe): void;
  remove(recipe: IRecipe): void;
}

export interface IRowProps extends IPlace {
  recipe: IRecipe;
  actions: IRowActions;
  choice: IChoice;
  /** Name the project, where rows of several are shown. */
  showProject: boolean;
  now: number;
  /** Who acts on schedules. */
  engine: IEngine | null | undefined;
  trans: TranslationBundle;
}

/** One job: how it is, since when, and what to do about it. */
export function Row(props: IRowProps): JSX.Element {
  const { recipe, actions, tabbable, trans } = props;
  const run = recipe.state['x-jupyter'].last_run;
  const active = recipe.state['x-jupyter'].active_runs > 0;
  const { suspended } = recipe.spec['x-jupyter'];
  const act = () => (active ? actions.stop(recipe) : actions.start(recipe));
  const button = (icon: LabIcon, label: string, onClick: () => void) => (
    <IconButton {...{ icon, label, onClick, tabbable }} />
  );
  return (
    <Frame
      {...props}
      id={recipe.state.id}
      name={recipe.spec.name}
      kind="job"
      state={jobState(recipe)}
      when={<When run={run} now={props.now} trans={trans} />}
      more={
        <>
          {run &&
            button(listIcon, trans.__('Log'), () => actions.openLog(recipe))}
          {recipe.spec.schedule !== null &&
            button(
              suspended ? scheduleIcon : unscheduleIcon,
              suspended
                ? trans.__('Switch schedule on')
                : trans.__('Switch schedule off'),
              () => actions.setSchedule(recipe, suspended)
            )}
          {button(editIcon, trans.__('Edit'), () => actions.edit(recipe))}
          {button(deleteIcon, trans.__('Delete…'), () =>
            actions.remove(recipe)
          )}
        </>
      }
      main={
        active
          ? button(stopIcon, trans.__('Stop'), act)
          : button(runIcon, trans.__('Run'), act)
      }
      onOpen={() => actions.open(recipe)}
      onMain={act}
      onRemove={() => actions.remove(recipe)}
    >
      <Second {...props} />
    </Frame>
  );
}

/** The schedule or the command; or what went wrong, so that nobody has to open a log to learn it. */
function Second(props: IRowProps): JSX.Element {
  const { recipe, actions, tabbable, trans } = props;
  const { last_run: run, project } = recipe.state['x-jupyter'];
  const place = props.showProject ? (
    <div className="jp-Deploy-row-second" title={project}>
      {trans.__('in %1', project)}
    </div>
  ) : null;
  if (run?.state !== 'error') {
    const stands = standing(recipe, props.engine, props.now, trans);
    return (
      <>
        {run?.state === 'running' && run.progress ? (
          <div className="jp-Deploy-row-second" title={recipe.spec.command}>
            {outcome(run, trans)}
          </div>
        ) : stands ? (
          <ScheduleLine standing={stands} className="jp-Deploy-row-second" />
        ) : (
          <div className="jp-Deploy-row-second" title={recipe.spec.command}>
            <code>{recipe.spec.command}</code>
          </div>
        )}
        {place}
      </>
    );
  }
  return (
    <>
      <Failure
        sentence={run.sentence}
        trans={trans}
        tabbable={tabbable}
        onLog={() => actions.openLog(recipe)}
      />
      <Advice
        of={run}
        detail={run.detail}
        fixes={actions}
        trans={trans}
        tabbable={tabbable}
        onAgain={() => actions.start(recipe)}
      />
      {place}
    </>
  );
}

/** The one time that matters now. */
function When(props: {
  run: IRun | null;
  now: number;
  trans: TranslationBundle;
}): JSX.Element {
  const { run, now, trans } = props;
  if (!run) {
    return (
      <span className="jp-Deploy-row-when">{trans.__('not run yet')}</span>
    );
  }
  const since = isActive(run.state)
    ? (run.started_at ?? run.created_at)
    : (run.ended_at ?? run.created_at);
  return (
    <time
      className="jp-Deploy-row-when"
      dateTime={since}
      title={`${run.sentence}\n${exact(since)}`}
    >
      {whenWords(run, since, now, trans)}
    </time>
  );
}

function whenWords(
  run: IRun,
  since: string,
  now: number,
  trans: TranslationBundle
): string {
  switch (run.state) {
    case 'queued':
      // The sentence counts: "queued, 3rd".
      return run.sentence;
    case 'starting':
      return trans.__('starting');
    case 'stopping':
      return trans.__('stopping');
    case 'running':
      return clock(seconds(since, null, now), trans);
    case 'retrying': {
      const rest = Date.parse(run.next_attempt_at ?? '') - now;
      // Past that time it waits for its place among the others.
      return rest > 0
        ? trans.__('again in %1', clock(rest / 1000, trans))
        : trans.__('retrying');
    }
    case 'error':
      return trans.__('failed %1', moment(since, now));
    default:
      return ago(since, now, trans);
  }
}
