import * as React from 'react';

export interface IFieldProps {
  /** Dotted path of the field in the server's errors, e.g. `spec.name`. */
  field: string;
  label: string;
  error?: string;
  hint?: React.ReactNode;
  /** Shown when pointing at the hint. */
  why?: string;
  children: (props: {
    id: string;
    'aria-invalid': boolean;
    'aria-describedby': string;
    className: string;
  }) => React.ReactNode;
}

/** A label, what it labels, a hint, and what is wrong with it. */
export function Field(props: IFieldProps): JSX.Element {
  const { field, label, error, hint, why } = props;
  const id = React.useId();
  return (
    <div className="jp-Deploy-field" data-field={field}>
      <label htmlFor={id}>{label}</label>
      {props.children({
        id,
        'aria-invalid': error !== undefined,
        'aria-describedby': `${id}-hint ${id}-error`,
        className: 'jp-mod-styled'
      })}
      {hint && error === undefined && (
        <p id={`${id}-hint`} className="jp-Deploy-hint" title={why}>
          {hint}
        </p>
      )}
      {error !== undefined && <Problem id={`${id}-error`}>{error}</Problem>}
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
