import * as React from 'react';

import { JobActions } from '../actions';
import { useSignal } from '../hooks';
import type { Tabs } from '../tabs';
import { JobCode } from './code';
import { Header } from './header';
import { JobModel } from './model';
import { SectionModel, SectionTabs } from './sections';

export interface ITopProps {
  job: JobModel;
  sections: SectionModel;
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
        <JobCode recipe={recipe} service={service} trans={trans} />
      )}
      <SectionTabs
        sections={sections}
        jobId={recipe.state.id}
        run={job.selected}
        trans={trans}
      />
    </>
  );
}
