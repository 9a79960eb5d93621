import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Advanced } from '../../form/advanced';
import { Command, Naming } from '../../form/basics';
import { Code } from '../../form/code';
import { changed } from '../../form/doubts';
import { IBeginning, useEditing } from '../../form/editing';
import { Frame } from '../../form/frame';
import { Loader } from '../../form/loader';
import { Machine } from '../../form/machine';
import type { IFormProps } from '../../form/tab';
import { IDeployment, IDeploymentSpec, IFix, Source } from '../../tokens';
import { jobOf } from '../other';
import { deployments } from './deployment';
import { Instances } from './instances';
import { Rehearsal } from './rehearsal';
import { Serving } from './serving';

/** What a deployment is made of, to be typed. */
export function DeploymentForm(props: IFormProps): JSX.Element {
  const { actions, deployments: own } = props;
  return (
    <Loader
      kind={deployments(own)}
      options={props}
      service={actions.service}
      trans={own.trans}
    >
      {beginning => <DeploymentFields {...props} beginning={beginning} />}
    </Loader>
  );
}

function DeploymentFields(
  props: IFormProps & { beginning: IBeginning<IDeployment> }
): JSX.Element {
  const { deployments: actions, tabs, beginning } = props;
  const { service, trans } = actions;
  const { recipe, codeOf } = beginning;
  const kind = deployments(actions);
  const editing = useEditing(kind, beginning, props);
  const { parts, project } = editing;
  const { draft, set } = parts;
  const isWanted = recipe?.state['x-jupyter'].wanted ?? false;
  const send = (andStart: boolean) =>
    editing.send(async spec => {
      const saved = await editing.save(spec);
      if (andStart) {
        await (isWanted ? actions.restart(saved) : actions.start(saved));
      }
      editing.leave();
      tabs.openDeployment(saved.spec.name);
    });
  const fix = (of: IFix) =>
    of.kind === 'make_job'
      ? tabs.openForm({
          kind: 'job',
          draft: jobOf(kind.specOf(draft), draft.name)
        })
      : set(changed(draft, of));
  return (
    <Frame
      busy={editing.busy}
      packing={editing.packing}
      {...words(recipe, trans)}
      origin={beginning.origin}
      errors={parts.errors}
      trans={trans}
      onSave={() => void send(false)}
      onStart={() => void send(true)}
      onCancel={props.close}
    >
      <Naming {...parts} project={project} placeholder="dashboard" />
      <Serving
        command={draft.command}
        file={props.file}
        service={service}
        trans={trans}
        onFill={command => set({ command })}
      />
      <Command
        {...parts}
        hint={trans.__(
          'runs from %1; listens on $HOST:$PORT',
          draft.working_directory || project
        )}
        placeholder={'python app.py --host "$HOST" --port "$PORT"'}
      />
      <Rehearsal
        says={runs(kind.specOf(draft))}
        busy={editing.busy}
        service={service}
        trans={trans}
        send={editing.send}
        onFix={fix}
      />
      <Instances {...parts} />
      <Machine {...parts} />
      <Code
        {...parts}
        kept={codeOf === null ? null : () => service.code(codeOf)}
        hints={codeHints(trans)}
      />
      <Advanced {...parts} />
    </Frame>
  );
}

/** What of a spec an instance is made of, to be compared. */
function runs(spec: IDeploymentSpec): string {
  const { command, working_directory, environment_variables } = spec;
  const { start_script, instance_type, image } = spec;
  return JSON.stringify([
    command,
    working_directory,
    environment_variables,
    start_script,
    instance_type,
    image,
    spec['x-jupyter']
  ]);
}

/** The title, what the buttons say, and what to know of them. */
function words(recipe: IDeployment | null, trans: TranslationBundle) {
  const note = trans.__(
    'A deployment runs, and uses resources, until you stop it.'
  );
  if (recipe === null) {
    return {
      title: trans.__('Create a deployment'),
      save: trans.__('Create'),
      start: trans.__('Create and start'),
      note
    };
  }
  const isWanted = recipe.state['x-jupyter'].wanted;
  return {
    title: trans.__('Edit %1', recipe.spec.name),
    save: trans.__('Save'),
    start: isWanted ? trans.__('Save and restart') : null,
    note: isWanted
      ? trans.__('It runs: saved alone, an edit waits for the next restart.')
      : note
  };
}

function codeHints(trans: TranslationBundle): { [source in Source]: string } {
  return {
    live: trans.__(
      'sees files as they change, for example data that a job refreshes; can’t be rolled back'
    ),
    snapshot: trans.__(
      'what you deploy stays as it is while you go on editing; Update code brings the next version, and rolling back brings the old one'
    ),
    git: trans.__(
      'every start and restart gets a copy of a branch, tag or commit of this repository, looked up anew'
    )
  };
}
