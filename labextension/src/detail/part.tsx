import * as React from 'react';

import { useSignal } from '../hooks';
import { RunTable } from '../runs/table';
import { Timeline } from '../timeline/timeline';
import { Overview } from './overview';
import { RecipeText } from './recipe';
import { RunDetails } from './run';
import { panelId } from './sections';
import { ITopProps } from './top';

/** The section that is shown; the log is beside it. */
export function Part(props: ITopProps): JSX.Element | null {
  const { job, sections } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  useSignal(job.stateChanged);
  useSignal(sections.changed);
  const { recipe } = job;
  if (!recipe || job.isGone) {
    return null;
  }
  const id = panelId(recipe.state.id);
  return (
    <div
      className="jp-Deploy-upper"
      role="tabpanel"
      id={id}
      aria-labelledby={`${id}-${sections.current}`}
      ref={scroller}
    >
      <Shown {...props} scroller={scroller} />
    </div>
  );
}

function Shown(
  props: ITopProps & { scroller: React.RefObject<HTMLElement> }
): JSX.Element | null {
  const { job, sections, actions, tabs, scroller } = props;
  const { service, trans, workspace } = actions.model;
  const recipe = job.recipe!;
  const sizes = workspace?.size.sizes ?? [];
  const run = job.selected;
  switch (sections.current) {
    case 'overview':
      return <Overview recipe={recipe} sizes={sizes} jobs={actions.model} />;
    case 'run':
      return (
        run && <RunDetails key={run.id} {...{ run, sizes, service, trans }} />
      );
    case 'recipe':
      return <RecipeText {...{ recipe, service, trans }} />;
    case 'log':
      return null;
    case 'runs':
      return (
        <>
          {recipe.spec.schedule !== null && (
            <Timeline
              key={recipe.state.id}
              recipe={recipe}
              jobs={actions.model}
              shown={run?.id ?? null}
              onOpen={runId => job.select(runId)}
            />
          )}
          <RunTable
            model={job.runs}
            actions={actions}
            tabs={tabs}
            scroller={scroller}
            shown={run?.id ?? null}
            onOpen={opened => job.select(opened.id)}
            onDeleted={ids => job.forget(ids)}
          />
        </>
      );
  }
}
