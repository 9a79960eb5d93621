import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { bytesWords } from '../bytes';
import { IPacking } from '../tokens';
import { sizeWords } from './frozen';
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
  return (
    <div className="jp-Deploy-packing">
      <label htmlFor={id}>{trans.__('Freezing the project')}</label>
      <progress id={id} max={1} value={packedShare(state)} />
      <span>{packedWords(state, trans)}</span>
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

/** What is done of the whole; undefined while the whole is not known. */
export function packedShare(state: IPacking | 'beginning'): number | undefined {
  return state === 'beginning' || state.bytes === 0
    ? undefined
    : state.packed_bytes / state.bytes;
}

/** "12 of 214 files, 1 MB of 3.1 MB". */
export function packedWords(
  state: IPacking | 'beginning',
  trans: TranslationBundle
): string {
  if (state === 'beginning' || state.files + state.packed_files === 0) {
    return trans.__('looking through the project…');
  }
  const packed = bytesWords(state.packed_bytes, trans);
  return state.files === 0
    ? sizeWords(state.packed_files, state.packed_bytes, trans)
    : trans.__(
        '%1 of %2 files, %3 of %4',
        state.packed_files,
        state.files,
        packed,
        bytesWords(state.bytes, trans)
      );
}
