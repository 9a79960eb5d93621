import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { shortHash } from '../code/commit';
import { ICode } from '../tokens';
import { visible } from '../visible';

/** "the project as it was, branch main, commit a1b2c3d4, with changes not committed". */
export function codeWords(
  code: ICode,
  trans: TranslationBundle
): React.ReactNode {
  const words: React.ReactNode[] = [
    {
      live: trans.__('the project as it was'),
      snapshot: trans.__('frozen copy %1', shortHash(code.snapshot ?? '')),
      git: trans.__('git reference %1', visible(code.reference ?? ''))
    }[code.source]
  ];
  if (code.branch) {
    words.push(trans.__(', branch %1', visible(code.branch)));
  }
  if (code.commit) {
    words.push(trans.__(', commit '), <code key="commit">{code.commit}</code>);
  }
  if (code.dirty !== null) {
    words.push(
      code.dirty
        ? trans.__(', with changes that were not committed')
        : trans.__(', nothing uncommitted')
    );
  }
  return <>{words}</>;
}

/** Prefix and packages. */
export function environmentWords(
  code: ICode,
  trans: TranslationBundle
): React.ReactNode {
  return (
    <>
      <code>{code.environment}</code>
      {code.packages && (
        <span title={code.packages}>
          {trans.__(' – packages %1', code.packages.slice(0, 12))}
        </span>
      )}
    </>
  );
}

export function imageWords(
  code: ICode,
  trans: TranslationBundle
): React.ReactNode {
  if (!code.image) {
    return trans.__('this machine, no image');
  }
  return (
    <>
      {code.image}
      {code.image_digest && (
        <>
          {' '}
          <code>{code.image_digest}</code>
        </>
      )}
    </>
  );
}
