import * as React from 'react';

import { IPartProps } from './basics';
import { Doubts } from './doubts';
import { Field, originOf } from './fields';
import { Pairs } from './pairs';

/** The fields that some need; first those that only one kind has. */
export function Advanced(
  props: IPartProps & { children?: React.ReactNode }
): JSX.Element {
  const { draft, set, errors, doubts, workspace, trans } = props;
  return (
    <details className="jp-Deploy-advanced">
      <summary>{trans.__('Advanced')}</summary>
      {props.children}
      <Pairs
        field="spec.environment_variables"
        label={trans.__('Environment variables')}
        hint={trans.__(
          'values are stored readable only by you and shown in no list or log'
        )}
        addLabel={trans.__('Add a variable')}
        pairs={draft.environment_variables}
        secret
        errors={errors}
        trans={trans}
        onChange={environment_variables => set({ environment_variables })}
      />
      <Field
        field="spec.start_script"
        label={trans.__('Start script')}
        error={errors['spec.start_script']}
        hint={trans.__(
          'runs in bash before the command, in the same shell; if it fails the command is not run'
        )}
        trans={trans}
      >
        {field => (
          <textarea
            {...field}
            className={`${field.className} jp-Deploy-code`}
            rows={Math.min(
              16,
              Math.max(3, draft.start_script.split('\n').length)
            )}
            spellCheck={false}
            value={draft.start_script}
            onChange={event => set({ start_script: event.target.value })}
            onBlur={doubts.look}
          />
        )}
      </Field>
      <Doubts field="spec.start_script" of={doubts} />
      <Field
        field="spec.working_directory"
        label={trans.__('Working directory')}
        error={errors['spec.working_directory']}
        hint={trans.__(
          'relative to the project; empty is %1',
          workspace.project.value
        )}
        origin={
          draft.working_directory
            ? undefined
            : originOf(workspace.project, trans)
        }
        trans={trans}
      >
        {field => (
          <input
            {...field}
            spellCheck={false}
            value={draft.working_directory}
            onChange={event => set({ working_directory: event.target.value })}
          />
        )}
      </Field>
      <Pairs
        field="spec.tags"
        label={trans.__('Tags')}
        addLabel={trans.__('Add a tag')}
        pairs={draft.tags}
        errors={errors}
        trans={trans}
        onChange={tags => set({ tags })}
      />
      <Field
        field="spec.description"
        label={trans.__('Description')}
        error={errors['spec.description']}
        trans={trans}
      >
        {field => (
          <textarea
            {...field}
            rows={3}
            value={draft.description}
            onChange={event => set({ description: event.target.value })}
          />
        )}
      </Field>
    </details>
  );
}
