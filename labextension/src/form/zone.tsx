import * as React from 'react';

import { IPreviewed } from '../schedule/preview';
import { knownZones, viewerZone } from '../schedule/zones';
import { IPartProps } from './basics';
import { Field } from './fields';
import { IJobDraft } from './job';

/** The clock that a schedule goes by. */
export function Zone(
  props: IPartProps<IJobDraft> & { previewed: IPreviewed }
): JSX.Element {
  const { draft, set, errors, previewed, trans } = props;
  const { preview, problems } = previewed;
  const list = React.useId();
  const zones = React.useMemo(knownZones, []);
  const mine = viewerZone();
  const field = 'spec.x-jupyter.time_zone';
  return (
    <Field
      field={field}
      label={trans.__('Time zone')}
      error={problems.time_zone ?? (preview ? undefined : errors[field])}
      hint={
        draft.time_zone.trim() === 'UTC'
          ? trans.__(
              'UTC unless another is chosen: it is the same on every machine, and its clock is never set forward or back'
            )
          : trans.__(
              'the schedule goes by the clock there, summer time included'
            )
      }
      trans={trans}
    >
      {input => (
        <span className="jp-Deploy-zone">
          <input
            {...input}
            list={list}
            autoComplete="off"
            spellCheck={false}
            placeholder="UTC"
            value={draft.time_zone}
            onChange={event => set({ time_zone: event.target.value })}
          />
          <datalist id={list}>
            {zones.map(zone => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
          {draft.time_zone.trim() !== mine && (
            <button
              type="button"
              className="jp-Deploy-small jp-mod-styled"
              onClick={() => set({ time_zone: mine })}
            >
              {trans.__('Use mine: %1', mine)}
            </button>
          )}
        </span>
      )}
    </Field>
  );
}
