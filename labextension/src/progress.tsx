import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Bulk, IBulkProgress } from './bulk';

/** How far something is that is done to many, and the way to end it. */
export function Progress(props: {
  bulk: Bulk;
  progress: IBulkProgress;
  trans: TranslationBundle;
}): JSX.Element {
  const { bulk, progress, trans } = props;
  const done = progress.done.toLocaleString();
  const of = progress.of.toLocaleString();
  const words = {
    run: trans.__('Started %1 of %2…', done, of),
    stop: trans.__('Stopped %1 of %2…', done, of),
    delete: trans.__('Deleted %1 of %2…', done, of)
  };
  return (
    <>
      <progress value={progress.done} max={progress.of} aria-hidden />
      <span role="status">{words[progress.deed]}</span>
      <button
        className="jp-Deploy-small jp-mod-styled"
        onClick={() => bulk.cancel()}
      >
        {trans.__('Cancel')}
      </button>
    </>
  );
}
