import * as React from 'react';

import { retriesWords } from '../detail/overview';
import { IPartProps } from './basics';
import { Field, Span } from './fields';
import { IJobDraft } from './job';

/** How often a job is tried, and how long. */
export function Limits(props: IPartProps<IJobDraft>): JSX.Element {
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
