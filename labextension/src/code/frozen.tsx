import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { bytesWords } from '../bytes';
import { useNow } from '../hooks';
import { ago, exact } from '../time';
import { IFileChange, IJobCode } from '../tokens';

/** "Frozen 3 days ago: 214 files, 3.1 MB", and what changed in the project since. */
export function FrozenCopy(props: {
  code: IJobCode;
  trans: TranslationBundle;
}): JSX.Element {
  const { code, trans } = props;
  const now = useNow(30_000);
  if (code.snapshot === null) {
    return <p>{trans.__('The frozen copy is gone.')}</p>;
  }
  const { made_at, files, bytes } = code.snapshot;
  return (
    <>
      <p>
        <span title={exact(made_at)}>
          {trans.__('Frozen %1', ago(made_at, now, trans))}
        </span>
        {': '}
        {sizeWords(files, bytes, trans)}
      </p>
      <Changed
        files={code.changed}
        count={code.changed_count}
        since={trans._n(
          '%1 file changed since',
          '%1 files changed since',
          code.changed_count
        )}
        none={trans.__('No file changed since.')}
        trans={trans}
      />
    </>
  );
}

/** How many files changed, and on demand which. */
export function Changed(props: {
  files: readonly IFileChange[];
  /** Of which `files` are the first. */
  count: number;
  since: string;
  none?: string;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { files, count, trans } = props;
  if (count === 0) {
    return props.none ? <p>{props.none}</p> : null;
  }
  return (
    <details className="jp-Deploy-list-details">
      <summary>{props.since}</summary>
      <FileChanges files={files} count={count} trans={trans} />
    </details>
  );
}

export function FileChanges(props: {
  files: readonly IFileChange[];
  count: number;
  trans: TranslationBundle;
}): JSX.Element {
  const { files, count, trans } = props;
  return (
    <ul className="jp-Deploy-entries">
      {files.map(({ path, change }) => (
        <li key={path}>
          <code>{path}</code> <span>{changeWord(change, trans)}</span>
        </li>
      ))}
      {count > files.length && (
        <li>{trans.__('… and %1 more', count - files.length)}</li>
      )}
    </ul>
  );
}

/** "214 files, 3.1 MB". */
export function sizeWords(
  files: number,
  bytes: number,
  trans: TranslationBundle
): string {
  const words = trans._n('%1 file', '%1 files', files);
  return `${words}, ${bytesWords(bytes, trans)}`;
}

function changeWord(
  change: IFileChange['change'],
  trans: TranslationBundle
): string {
  switch (change) {
    case 'added':
      return trans.__('added');
    case 'removed':
      return trans.__('removed');
    case 'changed':
      return trans.__('changed');
  }
}
