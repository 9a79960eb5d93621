import { Button } from '@jupyter/react-components';
import * as React from 'react';

import { CopyButton } from '../copybutton';
import { AccessModel } from './model';
import { INewToken } from './service';
import { terminalLines } from './words';

/** A new token, the only time that it is shown. */
export function Made(props: {
  model: AccessModel;
  made: INewToken;
}): JSX.Element {
  const { model, made } = props;
  const { trans } = model;
  const lines = terminalLines(model.service.url, made.token);
  const title = React.useRef<HTMLHeadingElement>(null);
  React.useEffect(() => title.current?.focus(), [made.id]);
  const heading = `jp-deploy-made-${made.id}`;
  return (
    <section className="jp-Deploy-made" aria-labelledby={heading}>
      <h2 id={heading} ref={title} tabIndex={-1}>
        {trans.__('The token “%1”', made.name)}
      </h2>
      <p>
        <strong>{trans.__('Copy it now: it won’t be shown again.')}</strong>{' '}
        {trans.__(
          'Who has it acts as you: keep it as you keep a password. It is good until you revoke it.'
        )}
      </p>
      <div className="jp-Deploy-made-line">
        <input
          className="jp-mod-styled"
          readOnly
          aria-label={trans.__('Token')}
          value={made.token}
          onFocus={event => event.target.select()}
        />
        <CopyButton text={made.token} label={trans.__('Copy')} trans={trans} />
      </div>
      <p>{trans.__('A terminal needs these two lines:')}</p>
      <pre tabIndex={0} aria-label={trans.__('Lines for a terminal')}>
        {lines}
      </pre>
      <div className="jp-Deploy-made-line">
        <CopyButton
          text={`${lines}\n`}
          label={trans.__('Copy both lines')}
          trans={trans}
        />
        <Button
          className="jp-Deploy-button"
          appearance="outline"
          onClick={() => model.forget()}
        >
          {trans.__('Done')}
        </Button>
      </div>
    </section>
  );
}
