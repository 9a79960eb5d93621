import { HTMLSelect } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { retriesWords } from '../detail/overview';
import { DeployService } from '../service';
import { IWorkspace } from '../tokens';
import { Doubts, IDoubts } from './doubts';
import { FieldErrors, IDraft } from './draft';
import { Environment } from './environment';
import { Field, originOf, Shown, Span } from './fields';

/** What every part of the form works on. */
export interface IPartProps {
  draft: IDraft;
  set(change: Partial<IDraft>): void;
  errors: FieldErrors;
  doubts: IDoubts;
  workspace: IWorkspace;
  service: DeployService;
  trans: TranslationBundle;
}

/** The fields that most jobs need, filled from the workspace. */
export function Basics(props: IPartProps & { project: string }): JSX.Element {
  const { draft, set, errors, doubts, workspace, project, trans } = props;
  const { backend, hardware, size, image } = workspace;
  const known = size.sizes.some(({ name }) => name === draft.instance_type);
  return (
    <>
      <Shown
        label={trans.__('Project')}
        value={project}
        origin={originOf(workspace.project, trans, project)}
        trans={trans}
      />
      <Field
        field="spec.name"
        label={trans.__('Name')}
        error={errors['spec.name']}
        hint={trans.__('lower-case letters, digits and dashes')}
        trans={trans}
      >
        {field => (
          <input
            {...field}
            autoFocus={!draft.name}
            autoComplete="off"
            spellCheck={false}
            placeholder={trans.__('nightly-report')}
            value={draft.name}
            onChange={event => set({ name: event.target.value })}
          />
        )}
      </Field>
      <Field
        field="spec.command"
        label={trans.__('Command')}
        error={errors['spec.command']}
        hint={trans.__(
          'runs in a shell, from %1; usually something like python run.py',
          draft.working_directory || project
        )}
        trans={trans}
      >
        {field => (
          <textarea
            {...field}
            className={`${field.className} jp-Deploy-code`}
            rows={Math.min(10, Math.max(2, draft.command.split('\n').length))}
            spellCheck={false}
            placeholder="python run.py"
            value={draft.command}
            onChange={event => set({ command: event.target.value })}
            onBlur={doubts.look}
          />
        )}
      </Field>
      <Doubts field="spec.command" of={doubts} />
      <div className="jp-Deploy-form-pair">
        <Shown
          label={trans.__('Backend')}
          value={draft.backend ?? backend.display}
          origin={originOf(backend, trans, draft.backend ?? undefined)}
          trans={trans}
        />
        <Shown
          label={trans.__('Hardware')}
          value={hardware.display}
          origin={originOf(hardware, trans)}
          trans={trans}
        />
      </div>
      <Field
        field="spec.instance_type"
        label={trans.__('Size')}
        error={errors['spec.instance_type']}
        origin={originOf(size, trans, draft.instance_type)}
        trans={trans}
      >
        {field => (
          <HTMLSelect
            {...field}
            value={draft.instance_type}
            onChange={event => set({ instance_type: event.target.value })}
          >
            {!known && (
              <option value={draft.instance_type}>
                {trans.__('%1 (not here)', draft.instance_type)}
              </option>
            )}
            {size.sizes.map(({ name, display_name }) => (
              <option key={name} value={name}>
                {display_name}
              </option>
            ))}
          </HTMLSelect>
        )}
      </Field>
      <Field
        field="spec.image"
        label={trans.__('Image')}
        error={errors['spec.image']}
        origin={originOf(image, trans, draft.image)}
        trans={trans}
      >
        {field => (
          <input
            {...field}
            spellCheck={false}
            placeholder={image.value ? '' : image.display}
            value={draft.image}
            onChange={event => set({ image: event.target.value })}
          />
        )}
      </Field>
      <Environment {...props} />
      <Limits {...props} />
    </>
  );
}

function Limits(props: IPartProps): JSX.Element {
  const { draft, set, errors, trans } = props;
  return (
    <div className="jp-Deploy-form-pair">
      <Field
        field="spec.retries"
        label={trans.__('Retries')}
        error={errors['spec.retries']}
        hint={retriesWords(Math.max(0, Number(draft.retries) || 0), trans)}
        trans={trans}
      >
        {field => (
          <input
            {...field}
            type="number"
            min={0}
            max={100}
            value={draft.retries}
            onChange={event => set({ retries: event.target.value })}
          />
        )}
      </Field>
      <Field
        field="spec.x-jupyter.timeout"
        label={trans.__('Timeout')}
        error={errors['spec.x-jupyter.timeout']}
        hint={trans.__('for each attempt; empty for no limit')}
        trans={trans}
      >
        {field => (
          <Span
            input={field}
            value={draft.timeout}
            unit={draft.timeoutUnit}
            units={[
              [1, trans.__('seconds')],
              [60, trans.__('minutes')],
              [3600, trans.__('hours')]
            ]}
            unitLabel={trans.__('Unit of the timeout')}
            onChange={(timeout, timeoutUnit) => set({ timeout, timeoutUnit })}
          />
        )}
      </Field>
    </div>
  );
}
