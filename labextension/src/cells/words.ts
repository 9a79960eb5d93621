import { TranslationBundle } from '@jupyterlab/translation';

import { IForeign } from './python';

/** Characters of a line that are shown. */
const LONGEST = 80;

/** Why a cell can't be a script, and the way out. */
export function foreignWords(
  foreign: IForeign,
  trans: TranslationBundle
): string {
  const instead =
    foreign.kind === 'await'
      ? trans.__(
          'Put it into an async function and start that with asyncio.run(), or run the whole notebook as a job.'
        )
      : trans.__(
          'Take it out of the cell, or run the whole notebook as a job.'
        );
  return `${reason(foreign, trans)} ${instead}`;
}

function reason(
  { kind, line, text }: IForeign,
  trans: TranslationBundle
): string {
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  switch (kind) {
    case 'magic':
      return trans.__(
        'Line %1 is a command of IPython’s, which a script can’t have: “%2”.',
        line,
        shown
      );
    case 'shell':
      return trans.__(
        'Line %1 runs a shell command, which only a notebook can: “%2”.',
        line,
        shown
      );
    case 'help':
      return trans.__(
        'Line %1 asks for help, which only a notebook can: “%2”.',
        line,
        shown
      );
    case 'await':
      return trans.__(
        'Line %1 awaits outside of a function, which only a notebook can: “%2”.',
        line,
        shown
      );
  }
}
