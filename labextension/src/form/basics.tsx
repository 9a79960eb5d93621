import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { DeployService } from '../service';
import { IWorkspace } from '../tokens';
import { Doubts, IDoubts } from './doubts';
import { IDraft } from './draft';
import { FieldErrors } from './errors';
import { Field, originOf, Shown } from './fields';

/** What every part of the form works on. */
export interface IPartProps<D extends IDraft = IDraft> {
  draft: D;
  set(change: Partial<D>): void;
  errors: FieldErrors;
  doubts: IDoubts;
  workspace: IWorkspace;
  service: DeployService;
  trans: TranslationBundle;
}

/** The project, which is given, and the name in it. */
export function Naming(
  props: IPartProps & { project: string; placeholder: string }
): JSX.Element {
  const { draft, set, errors, workspace, project, trans } = props;
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
            placeholder={props.placeholder}
            value={draft.name}
            onChange={event => set({ name: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

/** What is run. */
export function Command(
  props: IPartProps & { hint: string; placeholder: string }
): JSX.Element {
  const { draft, set, errors, doubts, hint, placeholder, trans } = props;
  return (
    <>
      <Field
        field="spec.command"
        label={trans.__('Command')}
        error={errors['spec.command']}
        hint={hint}
        trans={trans}
      >
        {field => (
          <textarea
            {...field}
            className={`${field.className} jp-Deploy-code`}
            rows={Math.min(10, Math.max(2, draft.command.split('\n').length))}
            spellCheck={false}
            placeholder={placeholder}
            value={draft.command}
            onChange={event => set({ command: event.target.value })}
            onBlur={doubts.look}
          />
        )}
      </Field>
      <Doubts field="spec.command" of={doubts} />
    </>
  );
}
