import * as React from 'react';

import { SectionTabs } from '../../detail/sections';
import { useSignal } from '../../hooks';
import { Header } from './header';
import { Advice, Waiting } from './notices';
import { IDeploymentProps, sectionLabels } from './sections';

/** What stays in sight whichever section is shown. */
export function Top(
  props: IDeploymentProps & { close: () => void }
): JSX.Element {
  const { deployment, sections, actions, tabs, close } = props;
  const { trans } = actions;
  useSignal(deployment.stateChanged);
  useSignal(actions.model.stateChanged);
  const { recipe, problem, isGone } = deployment;
  if (!recipe || isGone) {
    return (
      <p className="jp-Deploy-note" role="status">
        {isGone
          ? trans.__('There is no deployment “%1” any more.', deployment.name)
          : (problem ?? trans.__('Loading…'))}
      </p>
    );
  }
  const { name } = recipe.spec;
  const remove = async () => {
    if (await actions.remove(recipe)) {
      close();
    }
  };
  return (
    <>
      {problem && (
        <p className="jp-Deploy-notice jp-mod-error" role="alert">
          {problem}
        </p>
      )}
      <Header
        recipe={recipe}
        trans={trans}
        actions={{
          open: () => void actions.open(recipe),
          start: () => void actions.start(recipe),
          stop: () => void actions.stop(recipe),
          restart: () => void actions.restart(recipe),
          edit: () => tabs.openForm({ kind: 'deployment', name }),
          duplicate: () => tabs.openForm({ kind: 'deployment', copyOf: name }),
          remove: () => void remove(),
          copyPython: () => void actions.copyPython(recipe),
          makeJob: () => void actions.makeJob(recipe)
        }}
      >
        <Waiting recipe={recipe} actions={actions} />
        <Advice
          recipe={recipe}
          actions={actions}
          onLog={instanceId => {
            deployment.select(instanceId);
            sections.current = 'log';
          }}
        />
      </Header>
      <SectionTabs
        sections={sections}
        labels={sectionLabels(trans)}
        resourceId={recipe.state.id}
        label={trans.__('Parts of the deployment')}
      />
    </>
  );
}
