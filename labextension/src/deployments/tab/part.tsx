import * as React from 'react';

import { RecipeText } from '../../detail/recipe';
import { panelId } from '../../detail/sections';
import { useSignal } from '../../hooks';
import { Instances } from './instances';
import { Metrics } from './metrics';
import { Overview } from './overview';
import { Revisions } from './revisions';
import { IDeploymentProps } from './sections';

/** The section that is shown; the log is below it or alone. */
export function Part(props: IDeploymentProps): JSX.Element | null {
  const { deployment, sections, actions } = props;
  useSignal(deployment.stateChanged);
  useSignal(sections.changed);
  // Which sizes there are may come late.
  useSignal(actions.jobs.model.stateChanged);
  const { recipe } = deployment;
  if (!recipe || deployment.isGone) {
    return null;
  }
  const id = panelId(recipe.state.id);
  return (
    <div
      className="jp-Deploy-upper"
      role="tabpanel"
      id={id}
      aria-labelledby={`${id}-${sections.current}`}
    >
      <Shown {...props} />
    </div>
  );
}

function Shown(props: IDeploymentProps): JSX.Element | null {
  const { deployment, sections, actions } = props;
  const { instances, selected, showsAll } = deployment;
  const recipe = deployment.recipe!;
  switch (sections.current) {
    case 'overview':
      return <Overview {...{ recipe, instances, actions }} />;
    case 'instances':
      return (
        <Instances
          instances={instances}
          shown={showsAll ? null : (selected?.id ?? null)}
          actions={actions}
          onSelect={({ id }) => deployment.select(id)}
          onLog={({ id }) => {
            deployment.select(id);
            sections.current = 'log';
          }}
        />
      );
    case 'revisions':
      return <Revisions {...{ recipe, actions }} />;
    case 'metrics':
      return <Metrics {...{ instances, actions }} />;
    case 'recipe':
      return (
        <RecipeText
          recipe={recipe}
          service={actions.service}
          trans={actions.trans}
        />
      );
    case 'log':
      return null;
  }
}
