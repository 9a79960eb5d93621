import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';

import { IPartProps } from './basics';
import { Environment } from './environment';
import { Field, originOf, Shown } from './fields';

/** What it runs on and in, filled from the workspace. */
export function Machine(props: IPartProps): JSX.Element {
  const { draft, set, errors, workspace, trans } = props;
  const { backend, hardware, size, image } = workspace;
  const known = size.sizes.some(({ name }) => name === draft.instance_type);
  return (
    <>
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
    </>
  );
}
