import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { bytesWords } from '../bytes';
import { IPackingHandle } from './packing';

/** How far the freezing of the project is, and the way out of it; nothing while none is under way. */
export function PackingProgress(props: {
  packing: IPackingHandle;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { packing, trans } = props;
  const { state } = packing;
  const id = React.useId();
  if (state === null) {
    return null;
  }
  const known = state !== 'beginning' && state.files > 0 ? state : null;
  return (
    <div className="jp-Deploy-packing" role="status">
      <label htmlFor={id}>{trans.__('Freezing the project')}</label>
      <progress
        id={id}
        max={1}
        value={
          known ? known.packed_bytes / Math.max(1, known.bytes) : undefined
        }
      />
      <span>
        {known
          ? trans.__(
              '%1 of %2 files, %3 of %4',
              known.packed_files,
              known.files,
              bytesWords(known.packed_bytes, trans),
              bytesWords(known.bytes, trans)
            )
          : trans.__('looking through the project…')}
      </span>
      <button
        type="button"
        className="jp-Deploy-small jp-mod-styled"
        onClick={packing.cancel}
      >
        {trans.__('Cancel')}
      </button>
    </div>
  );
}
