import { JupyterFrontEnd } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';

import { isExecuted } from './notebooks';

/** Saves the open editors of a file: what runs is what is seen. Whether it could; if not,
 * JupyterLab has said why. */
export async function saveOpen(
  documents: IDocumentManager | null,
  path: string
): Promise<boolean> {
  const widget = documents?.findWidget(path, null);
  const context = widget && documents?.contextForWidget(widget);
  if (!context?.model.dirty) {
    return true;
  }
  return context.save().then(
    () => true,
    () => false
  );
}

/** Path of the document whose tab the menu was opened on, else of the one in front. Null if
 * that is none of the user's. */
export function documentUnder(
  app: JupyterFrontEnd,
  documents: IDocumentManager | null
): string | null {
  // JupyterLab tells what a tab holds in its title, nowhere else.
  const inTitle = /^Path: (.*)$/m;
  const tab = app.contextMenuHitTest(node => inTitle.test(node.title));
  const named = tab && inTitle.exec(tab.title)![1];
  const { currentWidget } = app.shell;
  const path =
    named ??
    (currentWidget && documents?.contextForWidget(currentWidget)?.path);
  return path && !isExecuted(path) ? path : null;
}
