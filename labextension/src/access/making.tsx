import { Button } from '@jupyter/react-components';
import * as React from 'react';

import { Field } from '../form/fields';
import { AccessModel } from './model';

/** Characters of a name. */
const LONGEST = 100;

/** Asks what a new token is for, and makes it. */
export function Making(props: { model: AccessModel }): JSX.Element {
  const { model } = props;
  const { trans } = model;
  const [name, setName] = React.useState('');
  const [problem, setProblem] = React.useState<string | undefined>();
  const [isBusy, setBusy] = React.useState(false);
  const make = async () => {
    setBusy(true);
    const refused = await model.make(name.trim());
    setProblem(refused ?? undefined);
    if (refused === null) {
      setName('');
    }
    setBusy(false);
  };
  return (
    <form
      className="jp-Deploy-making"
      onSubmit={event => {
        event.preventDefault();
        void make();
      }}
    >
      <Field
        field="name"
        label={trans.__('What a new token is for')}
        error={problem}
        trans={trans}
      >
        {field => (
          <input
            {...field}
            type="text"
            value={name}
            maxLength={LONGEST}
            placeholder={trans.__('for example: laptop')}
            autoComplete="off"
            onChange={event => {
              setName(event.target.value);
              setProblem(undefined);
            }}
          />
        )}
      </Field>
      <Button
        className="jp-Deploy-button"
        type="submit"
        appearance="accent"
        disabled={isBusy || !name.trim()}
      >
        {trans.__('Make token')}
      </Button>
    </form>
  );
}
