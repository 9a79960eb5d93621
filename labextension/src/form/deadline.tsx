import * as React from 'react';

import { IPartProps } from './basics';
import { Field, Span } from './fields';
import { IJobDraft } from './job';

/** How late a slot may start. */
export function Deadline(props: IPartProps<IJobDraft>): JSX.Element {
  const { draft, set, errors, trans } = props;
  const field = 'spec.x-jupyter.starting_deadline';
  return (
    <Field
      field={field}
      label={trans.__('Starting deadline')}
      error={errors[field]}
      hint={
        draft.starting_deadline.trim()
          ? trans.__(
              'a slot that could not start on time, as nobody was there or a run was active, still starts within this time; later it is missed'
            )
          : trans.__(
              'none: however late, the latest slot that could not start on time still starts'
            )
      }
      trans={trans}
    >
      {input => (
        <Span
          input={input}
          value={draft.starting_deadline}
          unit={draft.starting_deadlineUnit}
          units={[
            [1, trans.__('seconds')],
            [60, trans.__('minutes')]
          ]}
          unitLabel={trans.__('Unit of the starting deadline')}
          onChange={(starting_deadline, starting_deadlineUnit) =>
            set({ starting_deadline, starting_deadlineUnit })
          }
        />
      )}
    </Field>
  );
}
