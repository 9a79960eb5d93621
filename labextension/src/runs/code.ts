import { TranslationBundle } from '@jupyterlab/translation';

import { shortHash } from '../code/commit';
import { ICode } from '../tokens';
import { visible } from '../visible';

/** The code of a run, as short as a table cell: "a1b2c3d main", "frozen copy". */
export function codeWords(code: ICode, trans: TranslationBundle): string {
  if (code.source === 'snapshot') {
    return trans.__('frozen copy');
  }
  const place = visible(
    (code.source === 'git' ? code.reference : code.branch) ?? ''
  );
  return code.commit
    ? [shortHash(code.commit), place].filter(Boolean).join(' ')
    : place;
}

/** The same in full. */
export function codeSentence(code: ICode, trans: TranslationBundle): string {
  switch (code.source) {
    case 'snapshot':
      return trans.__('A frozen copy of the project, %1', code.snapshot ?? '');
    case 'git': {
      const reference = visible(code.reference ?? '');
      return code.commit
        ? trans.__('Git: %1, commit %2', reference, code.commit)
        : trans.__('Git: %1', reference);
    }
    case 'live':
      break;
  }
  if (!code.commit) {
    return trans.__('The project as it was when the run started');
  }
  const place = code.branch
    ? trans.__(
        'The project on branch %1, commit %2',
        visible(code.branch),
        code.commit
      )
    : trans.__('The project at commit %1', code.commit);
  return code.dirty
    ? trans.__('%1, with changes that were not committed', place)
    : place;
}
