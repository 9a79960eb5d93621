import { Button } from '@jupyter/react-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IPackingHandle } from '../code/packing';
import { PackingProgress } from '../code/progress';
import { FieldErrors, useFocusOnError } from './errors';
import { Problem } from './fields';

/** What is around the fields: a title, what is wrong as a whole, and buttons. */
export function Frame(props: {
  title: string;
  origin: string | null;
  errors: FieldErrors;
  busy: boolean;
  packing: IPackingHandle;
  trans: TranslationBundle;
  /** What the buttons say: one only saves, as Enter in a field does; one also puts it to use,
   * which most people came for, if it is there. */
  save: string;
  start: string | null;
  /** What to know before one of them is pressed. */
  note?: string;
  onSave(): void;
  onStart(): void;
  onCancel(): void;
  children: React.ReactNode;
}): JSX.Element {
  const { errors, busy, save, start, trans } = props;
  const form = React.useRef<HTMLFormElement>(null);
  useFocusOnError(form, errors);
  return (
    <form
      ref={form}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        props.onSave();
      }}
    >
      <h2>{props.title}</h2>
      {props.origin !== null && (
        <p className="jp-Deploy-hint">{props.origin}</p>
      )}
      {errors[''] !== undefined && (
        <div className="jp-Deploy-notice jp-mod-error" role="alert">
          <Problem>{errors['']}</Problem>
        </div>
      )}
      {props.children}
      <div className="jp-Deploy-form-buttons">
        <PackingProgress packing={props.packing} trans={trans} />
        {start !== null && (
          <Button
            className="jp-Deploy-button"
            appearance="accent"
            disabled={busy}
            onClick={props.onStart}
          >
            {start}
          </Button>
        )}
        <Button
          className="jp-Deploy-button"
          appearance={start !== null ? 'neutral' : 'accent'}
          type="submit"
          disabled={busy}
        >
          {save}
        </Button>
        <Button
          className="jp-Deploy-button"
          appearance="stealth"
          disabled={busy}
          onClick={props.onCancel}
        >
          {trans.__('Cancel')}
        </Button>
        {props.note && <p className="jp-Deploy-hint">{props.note}</p>}
      </div>
    </form>
  );
}
