import { URLExt } from '@jupyterlab/coreutils';

import { Http } from '../http';
import { NAMESPACE } from '../tokens';

/** A token that somebody made. Times are ISO 8601 in UTC. */
export interface IAccessToken {
  id: string;
  name: string;
  created_at: string;
  /** To a minute; null: never. */
  last_used_at: string | null;
}

/** A new one, with what proves it: no later answer has that. */
export interface INewToken extends IAccessToken {
  token: string;
}

/** The HTTP interface of tokens. */
export class AccessService extends Http {
  /** What programs elsewhere reach this server by; ends with a slash. */
  get url(): string {
    return `${URLExt.join(this.serverSettings.baseUrl, NAMESPACE)}/`;
  }

  /** The newest first. */
  async tokens(): Promise<IAccessToken[]> {
    const { tokens } = await this.json<{ tokens: IAccessToken[] }>(
      'api/tokens'
    );
    return tokens;
  }

  make(name: string): Promise<INewToken> {
    return this.json('api/tokens', { method: 'POST', body: { name } });
  }

  revoke(id: string): Promise<unknown> {
    return this.json(`api/tokens/${encodeURIComponent(id)}`, {
      method: 'DELETE'
    });
  }
}
