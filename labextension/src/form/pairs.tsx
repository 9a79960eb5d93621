import { closeIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IPair, pair } from './draft';
import { FieldErrors } from './errors';
import { Problem } from './fields';

export interface IPairsProps {
  /** `spec.environment_variables` or `spec.tags`. */
  field: string;
  label: string;
  hint?: string;
  addLabel: string;
  pairs: IPair[];
  /** Values are hidden until asked for. */
  secret?: boolean;
  errors: FieldErrors;
  trans: TranslationBundle;
  onChange(pairs: IPair[]): void;
}

/** A table of names and values. */
export function Pairs(props: IPairsProps): JSX.Element {
  const { field, pairs, secret, errors, trans, onChange } = props;
  const [revealed, setRevealed] = React.useState(!secret);
  const group = React.useRef<HTMLFieldSetElement>(null);
  const set = (id: number, change: Partial<IPair>) =>
    onChange(pairs.map(p => (p.id === id ? { ...p, ...change } : p)));
  const add = () => {
    onChange([...pairs, pair()]);
    // Once the row is there.
    setTimeout(() => {
      const names = group.current?.querySelectorAll<HTMLElement>(
        '.jp-Deploy-pair-name'
      );
      names?.item(names.length - 1).focus();
    });
  };
  return (
    <fieldset className="jp-Deploy-pairs" data-field={field} ref={group}>
      <legend>{props.label}</legend>
      {pairs.map(row => {
        const error = errors[`${field}.${row.name}`];
        return (
          <div className="jp-Deploy-pair" key={row.id}>
            <input
              className="jp-mod-styled jp-Deploy-pair-name"
              aria-label={trans.__('Name')}
              placeholder={trans.__('Name')}
              aria-invalid={error !== undefined}
              spellCheck={false}
              value={row.name}
              onChange={event => set(row.id, { name: event.target.value })}
            />
            <Value
              value={row.value}
              revealed={revealed}
              invalid={error !== undefined}
              trans={trans}
              onChange={value => set(row.id, { value })}
            />
            <button
              type="button"
              className="jp-Deploy-iconButton"
              title={trans.__('Remove %1', row.name)}
              aria-label={trans.__('Remove %1', row.name)}
              onClick={() => onChange(pairs.filter(p => p.id !== row.id))}
            >
              <closeIcon.react tag={null} />
            </button>
            {error !== undefined && <Problem>{error}</Problem>}
          </div>
        );
      })}
      <div className="jp-Deploy-pairs-bar">
        <button
          type="button"
          className="jp-Deploy-small jp-mod-styled"
          onClick={add}
        >
          {props.addLabel}
        </button>
        {secret && pairs.length > 0 && (
          <button
            type="button"
            className="jp-Deploy-small jp-mod-styled"
            aria-pressed={revealed}
            onClick={() => setRevealed(!revealed)}
          >
            {revealed ? trans.__('Hide values') : trans.__('Show values')}
          </button>
        )}
      </div>
      {props.hint && <p className="jp-Deploy-hint">{props.hint}</p>}
      {errors[field] !== undefined && <Problem>{errors[field]}</Problem>}
    </fieldset>
  );
}

function Value(props: {
  value: string | null;
  revealed: boolean;
  invalid: boolean;
  trans: TranslationBundle;
  onChange(value: string): void;
}): JSX.Element {
  const { value, revealed, trans, onChange } = props;
  const common = {
    className: 'jp-mod-styled jp-Deploy-pair-value',
    'aria-label': trans.__('Value'),
    'aria-invalid': props.invalid,
    placeholder: value === null ? trans.__('unchanged') : trans.__('Value'),
    value: value ?? '',
    spellCheck: false
  };
  if (revealed) {
    return (
      <textarea
        {...common}
        rows={Math.min(8, (value ?? '').split('\n').length)}
        onChange={event => onChange(event.target.value)}
      />
    );
  }
  return (
    <input
      {...common}
      type="password"
      autoComplete="new-password"
      onChange={event => onChange(event.target.value)}
      onPaste={event => {
        // An input would drop the line breaks of a key or a certificate.
        const text = event.clipboardData.getData('text');
        if (text.includes('\n')) {
          event.preventDefault();
          onChange(text);
        }
      }}
    />
  );
}
