import * as React from 'react';

import { useNow } from '../hooks';
import { ago, exact } from '../time';
import { AccessModel } from './model';
import { IAccessToken } from './service';
import { lastUsed } from './words';

/** The tokens that are good, and the end of each. */
export function TokenList(props: { model: AccessModel }): JSX.Element {
  const { tokens, trans, problem } = props.model;
  const now = useNow(30_000);
  if (!tokens?.length) {
    return (
      <p className="jp-Deploy-page-none" role="status">
        {tokens
          ? trans.__('There are no tokens.')
          : problem === null && trans.__('Loading…')}
      </p>
    );
  }
  return (
    <table className="jp-Deploy-page-table" aria-label={trans.__('Tokens')}>
      <thead>
        <tr>
          <th scope="col">{trans.__('Token')}</th>
          <th scope="col">{trans.__('Made')}</th>
          <th scope="col">{trans.__('Last used')}</th>
          <th aria-label={trans.__('Actions')} />
        </tr>
      </thead>
      <tbody>
        {tokens.map(token => (
          <Row key={token.id} model={props.model} token={token} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function Row(props: {
  model: AccessModel;
  token: IAccessToken;
  now: number;
}): JSX.Element {
  const { model, token, now } = props;
  const { trans } = model;
  const { name, created_at, last_used_at } = token;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td title={exact(created_at)}>{ago(created_at, now, trans)}</td>
      <td title={last_used_at === null ? undefined : exact(last_used_at)}>
        {lastUsed(token, now, trans)}
      </td>
      <td>
        <button
          type="button"
          className="jp-Deploy-small jp-mod-styled jp-mod-warn"
          aria-label={trans.__('Revoke %1', name)}
          onClick={() => void model.revoke(token)}
        >
          {trans.__('Revoke…')}
        </button>
      </td>
    </tr>
  );
}
