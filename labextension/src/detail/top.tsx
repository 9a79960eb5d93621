import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { JobActions } from '../actions';
import { useSignal } from '../hooks';
import type { Tabs } from '../tabs';
import { IJobSpec, IRun } from '../tokens';
import { CodeUpdate } from './code';
import { Header } from './header';
import { JobModel } from './model';
import { SectionModel, SectionTabs } from './sections';

export type JobSection = 'overview' | 'runs' | 'run' | 'log' | 'recipe';

export interface ITopProps {
  job: JobModel;
  sections: SectionModel<JobSection>;
  actions: JobActions;
  tabs: Tabs;
}

/** What stays in sight whichever section is shown. */
export function Top(props: ITopProps & { close: () => void }): JSX.Element {
  const { job, sections, actions, tabs, close } = props;
  const { service, trans } = actions.model;
  useSignal(job.stateChanged);
  useSignal(job.runs.stateChanged);
  useSignal(actions.model.stateChanged);
  const { recipe } = job;
  const problem = job.problem ?? job.runs.problem;
  if (!recipe || job.isGone) {
    return (
      <p className="jp-Deploy-note" role="status">
        {job.isGone
          ? trans.__('There is no job “%1” any more.', job.name)
          : (job.problem ?? trans.__('Loading…'))}
      </p>
    );
  }
  const { name } = recipe.spec;
  const run = async () => {
    const started = await actions.start(recipe);
    if (started) {
      job.select(started.id);
    }
  };
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
        service={service}
        engine={actions.model.engine}
        fixes={actions}
        trans={trans}
        onRun={() => void run()}
        onStop={() => void actions.stop(recipe)}
        onSetSchedule={on => void actions.setSchedule(recipe, on)}
        onEdit={() => tabs.openForm({ name })}
        onDuplicate={() => tabs.openForm({ copyOf: name })}
        onDelete={() => void remove()}
        onChanges={failed => {
          job.select(failed.id);
          sections.current = 'run';
        }}
      />
      {recipe.spec['x-jupyter'].source === 'snapshot' && (
        <CodeUpdate
          code={{
            key: `${recipe.state.id} ${recipe.state['x-jupyter'].updated_at}`,
            look: () => service.jobCode(recipe.state.id),
            use: snapshot => {
              const changes = { source: 'snapshot', snapshot };
              return service.update(recipe.state.id, {
                'x-jupyter': changes as IJobSpec['x-jupyter']
              });
            },
            label: trans.__('Update code')
          }}
          service={service}
          trans={trans}
        />
      )}
      <SectionTabs
        sections={sections}
        labels={labels(job.selected, trans)}
        resourceId={recipe.state.id}
        label={trans.__('Parts of the job')}
      />
    </>
  );
}

/** The sections, with the run that is shown as one. */
function labels(
  run: IRun | null,
  trans: TranslationBundle
): [JobSection, string][] {
  return [
    ['overview', trans.__('Overview')],
    ['runs', trans.__('Runs')],
    ...(run
      ? [['run', trans.__('Run %1', run.number)] as [JobSection, string]]
      : []),
    ['log', trans.__('Log')],
    ['recipe', trans.__('Recipe')]
  ];
}
