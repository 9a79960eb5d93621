import { HTMLSelect } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ISourced } from '../tokens';

/** Where a value came from, in words. */
export interface IOrigin {
  source: string;
  /** Why better places gave none. */
  not_from: readonly string[];
}

/** The origin of what the workspace says; `value` is what was typed in its place. */
export function originOf(
  sourced: ISourced<string> & { display?: string },
  trans: TranslationBundle,
  value = sourced.value
): IOrigin {
  const { source, not_from, display } = sourced;
  if (value !== sourced.value) {
    return {
      source: trans.__(
        'this workspace has %1, from %2',
        display ?? sourced.value,
        source
      ),
      not_from
    };
  }
  // Where nothing gave a value, that is what it says.
  return { source: value ? trans.__('from %1', source) : source, not_from };
}

export interface IFieldProps {
  /** Dotted path of the field in the server's errors, e.g. `spec.name`. */
  field: string;
  label: string;
  error?: string;
  hint?: React.ReactNode;
  origin?: IOrigin;
  trans: TranslationBundle;
  children: (props: {
    id: string;
    'aria-invalid': boolean;
    'aria-describedby': string;
    className: string;
  }) => React.ReactNode;
}

/** A label, what it labels, a hint, where the value came from, and what is wrong with it. */
export function Field(props: IFieldProps): JSX.Element {
  const { field, label, error, hint, origin, trans } = props;
  const id = React.useId();
  const isWrong = error !== undefined;
  return (
    <div className="jp-Deploy-field" data-field={field}>
      <label htmlFor={id}>{label}</label>
      {props.children({
        id,
        'aria-invalid': isWrong,
        'aria-describedby': `${id}-hint ${id}-origin ${id}-error`,
        className: 'jp-mod-styled'
      })}
      {hint && !isWrong && (
        <p id={`${id}-hint`} className="jp-Deploy-hint">
          {hint}
        </p>
      )}
      {origin && !isWrong && (
        <Origin id={`${id}-origin`} origin={origin} trans={trans} />
      )}
      {isWrong && <Problem id={`${id}-error`}>{error}</Problem>}
    </div>
  );
}

/** Something that can't be chosen here. */
export function Shown(props: {
  label: string;
  value: string;
  origin: IOrigin;
  trans: TranslationBundle;
  children?: React.ReactNode;
}): JSX.Element {
  const { label, value, origin, trans } = props;
  return (
    <div className="jp-Deploy-field">
      <span className="jp-Deploy-label">{label}</span>
      <div className="jp-Deploy-shown">{value}</div>
      <Origin origin={origin} trans={trans} />
      {props.children}
    </div>
  );
}

/** Numbers of seconds in a unit, to choose from. */
export function Span(props: {
  input: object;
  value: string;
  unit: number;
  units: readonly [number, string][];
  unitLabel: string;
  onChange(value: string, unit: number): void;
}): JSX.Element {
  const { value, unit, onChange } = props;
  return (
    <span className="jp-Deploy-timeout">
      <input
        {...props.input}
        type="number"
        min={0}
        value={value}
        onChange={event => onChange(event.target.value, unit)}
      />
      <HTMLSelect
        className="jp-mod-styled"
        aria-label={props.unitLabel}
        value={unit}
        onChange={event => onChange(value, Number(event.target.value))}
      >
        {props.units.map(([seconds, name]) => (
          <option key={seconds} value={seconds}>
            {name}
          </option>
        ))}
      </HTMLSelect>
    </span>
  );
}

/** Where a value came from; why from nowhere better, to those who point, tab or listen. */
function Origin(props: {
  id?: string;
  origin: IOrigin;
  trans: TranslationBundle;
}): JSX.Element {
  const { source, not_from } = props.origin;
  const { trans } = props;
  const tip = React.useId();
  const [dismissed, setDismissed] = React.useState(false);
  return (
    <div className="jp-Deploy-hint jp-Deploy-origin">
      <span id={props.id}>{source}</span>
      {not_from.length > 0 && (
        <span
          className={`jp-Deploy-why${dismissed ? ' jp-mod-dismissed' : ''}`}
          onMouseEnter={() => setDismissed(false)}
          onFocus={() => setDismissed(false)}
          onKeyDown={event => {
            if (event.key === 'Escape') {
              event.stopPropagation();
              setDismissed(true);
            }
          }}
        >
          <button
            type="button"
            aria-label={trans.__('Why not from elsewhere')}
            aria-describedby={tip}
          >
            ?
          </button>
          <span role="tooltip" id={tip}>
            {not_from.map(reason => (
              <span key={reason}>{reason}</span>
            ))}
          </span>
        </span>
      )}
    </div>
  );
}

/** What is wrong, where it is wrong. */
export function Problem(props: {
  id?: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <p id={props.id} className="jp-Deploy-problem">
      {props.children}
    </p>
  );
}
