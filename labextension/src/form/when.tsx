import { HTMLSelect } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import {
  expressionOf,
  IPreset,
  MORNING,
  presetOf,
  PRESETS
} from '../schedule/presets';
import { IPreviewed } from '../schedule/preview';
import { IPartProps } from './basics';
import { Field } from './fields';
import { IJobDraft } from './job';

/** When the job runs: a usual schedule, or a cron expression. Both are the same text. */
export function When(
  props: IPartProps<IJobDraft> & { expression: string; previewed: IPreviewed }
): JSX.Element {
  const { set, errors, expression, previewed, trans } = props;
  const { preview, problems } = previewed;
  const field = 'spec.schedule';
  // What the server said of an earlier one is over once this one means something.
  const error = problems.expression ?? (preview ? undefined : errors[field]);
  return (
    <>
      <Presets
        expression={expression}
        trans={trans}
        onChange={schedule => set({ schedule })}
      />
      <Field
        field={field}
        label={trans.__('Cron expression')}
        error={error}
        hint={trans.__('minute, hour, day of the month, month, weekday')}
        trans={trans}
      >
        {input => (
          <input
            {...input}
            className={`${input.className} jp-Deploy-code`}
            autoComplete="off"
            spellCheck={false}
            value={expression}
            onChange={event => set({ schedule: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

function Presets(props: {
  expression: string;
  trans: TranslationBundle;
  onChange(expression: string): void;
}): JSX.Element {
  const { expression, trans, onChange } = props;
  const preset = presetOf(expression);
  const id = React.useId();
  // The time stays when another kind is chosen, even by way of a text that is none.
  const kept = React.useRef(MORNING);
  kept.current = preset ?? kept.current;
  const change = (part: Partial<IPreset>) =>
    onChange(expressionOf({ ...kept.current, ...part }));
  const labels = {
    hour: trans.__('every hour'),
    day: trans.__('every day'),
    weekdays: trans.__('Monday to Friday'),
    week: trans.__('every week'),
    month: trans.__('first day of the month')
  };
  return (
    <div className="jp-Deploy-presets">
      <HTMLSelect
        aria-label={trans.__('How often')}
        value={preset?.kind ?? ''}
        onChange={event =>
          change({ kind: event.target.value as IPreset['kind'] })
        }
      >
        {!preset && (
          <option value="" disabled>
            {trans.__('as the expression says')}
          </option>
        )}
        {PRESETS.map(kind => (
          <option key={kind} value={kind}>
            {labels[kind]}
          </option>
        ))}
      </HTMLSelect>
      {preset?.kind === 'week' && (
        <>
          <label htmlFor={`${id}-day`}>{trans.__('on')}</label>
          <HTMLSelect
            id={`${id}-day`}
            value={preset.weekday}
            onChange={event => change({ weekday: Number(event.target.value) })}
          >
            {weekdays(trans).map(([number, name]) => (
              <option key={number} value={number}>
                {name}
              </option>
            ))}
          </HTMLSelect>
        </>
      )}
      {preset && preset.kind !== 'hour' && (
        <>
          <label htmlFor={`${id}-time`}>{trans.__('at')}</label>
          <input
            id={`${id}-time`}
            className="jp-mod-styled"
            type="time"
            value={`${pad(preset.hour)}:${pad(preset.minute)}`}
            onChange={event => {
              const [hour, minute] = event.target.value.split(':').map(Number);
              // Empty while a part of it is deleted.
              if (event.target.value) {
                change({ hour, minute });
              }
            }}
          />
        </>
      )}
      {preset?.kind === 'hour' && (
        <>
          <label htmlFor={`${id}-minute`}>{trans.__('at minute')}</label>
          <input
            id={`${id}-minute`}
            className="jp-mod-styled"
            type="number"
            min={0}
            max={59}
            value={preset.minute}
            onChange={event => {
              const minute = Number(event.target.value);
              change({ minute: Math.min(59, Math.max(0, Math.floor(minute))) });
            }}
          />
        </>
      )}
    </div>
  );
}

/** From Monday on. */
function weekdays(trans: TranslationBundle): [number, string][] {
  return [
    [1, trans.__('Monday')],
    [2, trans.__('Tuesday')],
    [3, trans.__('Wednesday')],
    [4, trans.__('Thursday')],
    [5, trans.__('Friday')],
    [6, trans.__('Saturday')],
    [0, trans.__('Sunday')]
  ];
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
