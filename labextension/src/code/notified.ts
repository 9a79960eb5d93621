import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { DeployService } from '../service';
import { Packing } from './packing';
import { packedShare, packedWords } from './progress';

/** Freezes the project, where no component stays to wait for it: a notification says how far it
 * is and can cancel it. Digest of the snapshot; null once it was cancelled. Rejects with why it
 * failed. */
export async function packNotified(
  service: DeployService,
  title: string,
  trans: TranslationBundle
): Promise<string | null> {
  const packing = new Packing(service, state =>
    Notification.update({
      id,
      message: `${title}: ${packedWords(state, trans)}`,
      progress: packedShare(state)
    })
  );
  const id = Notification.emit(
    `${title}: ${packedWords('beginning', trans)}`,
    'in-progress',
    {
      autoClose: false,
      actions: [{ label: trans.__('Cancel'), callback: () => packing.cancel() }]
    }
  );
  try {
    return await packing.run();
  } finally {
    Notification.dismiss(id);
  }
}
