import * as React from 'react';

import { IPartProps } from '../../form/basics';
import { Field } from '../../form/fields';
import { IDeploymentDraft } from './deployment';

/** How many serve at once. */
export function Instances(props: IPartProps<IDeploymentDraft>): JSX.Element {
  const { draft, set, errors, trans } = props;
  return (
    <Field
      field="spec.scale"
      label={trans.__('Instances')}
      error={errors['spec.scale']}
      hint={trans.__(
        'so many run at once, and requests go to one or another of them'
      )}
      trans={trans}
    >
      {field => (
        <input
          {...field}
          type="number"
          min={1}
          max={32}
          value={draft.scale}
          onChange={event => set({ scale: event.target.value })}
        />
      )}
    </Field>
  );
}
