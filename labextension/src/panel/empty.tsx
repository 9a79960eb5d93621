import { Button } from '@jupyter/react-components';
import * as React from 'react';

/** What something is, how to make the first one, and the other way to do so. */
export function Empty(props: {
  what: string;
  create: string;
  or: string;
  onCreate(): void;
}): JSX.Element {
  return (
    <div className="jp-Deploy-empty">
      <p>{props.what}</p>
      <Button
        className="jp-Deploy-button"
        appearance="accent"
        onClick={props.onCreate}
      >
        {props.create}
      </Button>
      <p>{props.or}</p>
    </div>
  );
}
