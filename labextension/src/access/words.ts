import { TranslationBundle } from '@jupyterlab/translation';

import { shellQuoted } from '../files';
import { ago } from '../time';
import { IAccessToken } from './service';

/** What a terminal needs to reach this server. */
export function terminalLines(url: string, token: string): string {
  return [
    `export SATURN_BASE_URL=${shellQuoted(url)}`,
    `export SATURN_TOKEN=${shellQuoted(token)}`
  ].join('\n');
}

/** When a token was used last. */
export function lastUsed(
  { last_used_at }: IAccessToken,
  now: number,
  trans: TranslationBundle
): string {
  return last_used_at === null
    ? trans.__('never')
    : ago(last_used_at, now, trans);
}

/** What ends with a token. */
export function revokedWords(
  token: IAccessToken,
  now: number,
  trans: TranslationBundle
): string {
  const used =
    token.last_used_at === null
      ? trans.__('It was never used.')
      : trans.__('It was last used %1.', lastUsed(token, now, trans));
  return trans.__(
    '%1 From now on every terminal, script and client that has it is refused here: none of them can see, start or stop your jobs and deployments, or open your apps, until you give it another token. What runs goes on.',
    used
  );
}
