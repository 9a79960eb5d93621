import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IRecipe, Source } from '../tokens';
import { Advanced } from './advanced';
import { Command, Naming } from './basics';
import { Code } from './code';
import { Deadline } from './deadline';
import { IBeginning, useEditing } from './editing';
import { Frame } from './frame';
import { jobs } from './job';
import { Limits } from './limits';
import { Loader } from './loader';
import { Machine } from './machine';
import { Schedule } from './schedule';
import type { IFormProps } from './tab';

/** What a job is made of, to be typed. */
export function JobForm(props: IFormProps): JSX.Element {
  const { actions } = props;
  const { service, trans } = actions;
  return (
    <Loader
      kind={jobs(actions)}
      options={props}
      service={service}
      trans={trans}
    >
      {beginning => <JobFields {...props} beginning={beginning} />}
    </Loader>
  );
}

function JobFields(
  props: IFormProps & { beginning: IBeginning<IRecipe> }
): JSX.Element {
  const { actions, tabs, beginning } = props;
  const { service, trans } = actions;
  const { recipe, codeOf } = beginning;
  const editing = useEditing(jobs(actions), beginning, props);
  const { parts, project } = editing;
  const { draft, errors } = parts;
  const send = (andRun: boolean) =>
    editing.send(async spec => {
      const saved = await editing.save(spec);
      const run = andRun ? await actions.start(saved) : null;
      editing.leave();
      tabs.openJob(saved.spec.name, { runId: run?.id });
    });
  return (
    <Frame
      busy={editing.busy}
      packing={editing.packing}
      title={
        recipe
          ? trans.__('Edit %1', recipe.spec.name)
          : trans.__('Create a job')
      }
      origin={beginning.origin}
      errors={errors}
      trans={trans}
      save={recipe ? trans.__('Save') : trans.__('Create')}
      start={recipe ? null : trans.__('Create and run')}
      onSave={() => void send(false)}
      onStart={() => void send(true)}
      onCancel={props.close}
    >
      <Naming {...parts} project={project} placeholder="nightly-report" />
      <Command
        {...parts}
        hint={trans.__(
          'runs in a shell, from %1; usually something like python run.py',
          draft.working_directory || project
        )}
        placeholder="python run.py"
      />
      <Machine {...parts} />
      <Limits {...parts} />
      <Schedule {...parts} jobs={actions.model} />
      <Code
        {...parts}
        kept={codeOf === null ? null : () => service.jobCode(codeOf)}
        hints={codeHints(trans)}
      />
      <Advanced {...parts}>
        {draft.schedule !== null && <Deadline {...parts} />}
      </Advanced>
      {recipe !== null && recipe.state['x-jupyter'].active_runs > 0 && (
        <p className="jp-Deploy-hint">
          {trans.__('Runs that are active now keep what they started with.')}
        </p>
      )}
    </Frame>
  );
}

function codeHints(trans: TranslationBundle): { [source in Source]: string } {
  return {
    live: trans.__(
      'a run works in the project itself: with its files as they are then, and what it writes stays there'
    ),
    snapshot: trans.__(
      'every run gets a copy of its own of the files as they are now, until you update the code'
    ),
    git: trans.__(
      'every run gets a copy of its own of a branch, tag or commit of this repository, looked up anew'
    )
  };
}
