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

import { adviceWords, FixButton, IFixes } from '../advice';
import { IconButton } from '../button';
import { scheduleIcon, StateIcon, unscheduleIcon } from '../icons';
import { ScheduleLine } from '../schedule/line';
import { standing } from '../schedule/words';
import { isActive, jobState, outcome, stateWord } from '../states';
import { ago, clock, exact, moment, seconds } from '../time';
import { IEngine, IRecipe, IRun } from '../tokens';
import { visible } from '../visible';

export interface IRowActions extends IFixes {
  open(recipe: IRecipe): void;
  openLog(recipe: IRecipe): void;
  start(recipe: IRecipe): void;
  stop(recipe: IRecipe): void;
  setSchedule(recipe: IRecipe, on: boolean): void;
  edit(recipe: IRecipe): void;
  remove(recipe: IRecipe): void;
}

export interface IRowProps {
  recipe: IRecipe;
  actions: IRowActions;
  /** Position in the list, from 0, and pixels above it. */
  index: number;
  top: number;
  /** Whether Tab stops here: one row of the list. */
  tabbable: boolean;
  /** Whether it is chosen, with others, for what is done to many. */
  chosen: boolean;
  /** Name the project, where rows of several are shown. */
  showProject: boolean;
  now: number;
  /** Who acts on schedules. */
  engine: IEngine | null | undefined;
  trans: TranslationBundle;
  measure: (element: Element | null) => void;
  onChoose(jobId: string): void;
  /** Whether the click only chose. */
  onClick(event: React.MouseEvent, jobId: string): boolean;
}

/** One job: how it is, since when, and what to do about it. */
export function Row(props: IRowProps): JSX.Element {
  const { recipe, actions, tabbable, chosen, trans } = props;
  const { id } = recipe.state;
  const run = recipe.state['x-jupyter'].last_run;
  const state = jobState(recipe);
  const active = recipe.state['x-jupyter'].active_runs > 0;
  const { suspended } = recipe.spec['x-jupyter'];
  const act = () => (active ? actions.stop(recipe) : actions.start(recipe));
  const button = (icon: LabIcon, label: string, onClick: () => void) => (
    <IconButton {...{ icon, label, onClick, tabbable }} />
  );

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.target !== event.currentTarget) {
      return;
    }
    const keys: { [key: string]: () => void } = {
      Enter: () => actions.open(recipe),
      ' ': act,
      Delete: () => actions.remove(recipe)
    };
    if (event.key in keys) {
      event.preventDefault();
      keys[event.key]();
    }
  };

  return (
    <li
      ref={props.measure}
      className={`jp-Deploy-row jp-mod-${state}${chosen ? ' jp-mod-chosen' : ''}`}
      style={{ transform: `translateY(${props.top}px)` }}
      data-index={props.index}
      data-job={recipe.spec.name}
      tabIndex={tabbable ? 0 : -1}
      role="row"
      aria-rowindex={props.index + 1}
      aria-selected={chosen}
      aria-label={`${recipe.spec.name}, ${stateWord(state, trans)}`}
      aria-describedby={`jp-deploy-more-${id}`}
      onClick={event => props.onClick(event, id) || actions.open(recipe)}
      onKeyDown={onKeyDown}
    >
      <div className="jp-Deploy-row-line" role="gridcell">
        <input
          type="checkbox"
          tabIndex={tabbable ? 0 : -1}
          aria-label={trans.__('Select %1', recipe.spec.name)}
          checked={chosen}
          readOnly
          onClick={event => {
            event.stopPropagation();
            if (!props.onClick(event, id)) {
              props.onChoose(id);
            }
          }}
        />
        <StateIcon state={state} trans={trans} />
        <span className="jp-Deploy-row-name" title={recipe.spec.name}>
          {recipe.spec.name}
        </span>
        <When run={run} now={props.now} trans={trans} />
        <span className="jp-Deploy-row-more">
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
        </span>
        {active
          ? button(stopIcon, trans.__('Stop'), act)
          : button(runIcon, trans.__('Run'), act)}
      </div>
      <div role="gridcell" id={`jp-deploy-more-${id}`}>
        <Second {...props} />
      </div>
    </li>
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
      <div className="jp-Deploy-row-failure">
        <span title={run.sentence}>{run.sentence}</span>
        <button
          className="jp-Deploy-small jp-mod-styled jp-mod-minimal"
          tabIndex={tabbable ? 0 : -1}
          onClick={event => {
            event.stopPropagation();
            actions.openLog(recipe);
          }}
        >
          {trans.__('Log')}
        </button>
      </div>
      {run.advice ? (
        <>
          <div className="jp-Deploy-row-detail" title={adviceWords(run.advice)}>
            {visible(run.advice.sentence)}
          </div>
          <div className="jp-Deploy-row-do">
            <span title={run.advice.do}>{visible(run.advice.do)}</span>
            <FixButton
              of={run}
              fixes={actions}
              trans={trans}
              tabbable={tabbable}
              onAgain={() => actions.start(recipe)}
            />
          </div>
        </>
      ) : (
        run.detail && (
          <div className="jp-Deploy-row-detail" title={run.detail}>
            <code>{visible(run.detail)}</code>
          </div>
        )
      )}
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
