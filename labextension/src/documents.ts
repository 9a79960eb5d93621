import { JupyterFrontEnd } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

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

/** The arguments of a command on files. */
export const FILES_MEANT = {
  args: {
    type: 'object',
    properties: {
      path: {
        type: 'string',
        description: 'Path of a file; without it, those selected.'
      },
      document: {
        type: 'boolean',
        description: 'Whether it is the open document instead.'
      }
    }
  }
} as const;

/** Paths of the files that such a command is about. */
export function filesMeant(
  where: {
    app: JupyterFrontEnd;
    documents: IDocumentManager | null;
    fileBrowsers: IFileBrowserFactory | null;
  },
  args: ReadonlyPartialJSONObject
): string[] {
  if (typeof args.path === 'string') {
    return [args.path];
  }
  if (args.document) {
    const path = documentUnder(where.app, where.documents);
    return path === null ? [] : [path];
  }
  const browser = where.fileBrowsers?.tracker.currentWidget;
  return [...(browser?.selectedItems() ?? [])].map(item => item.path);
}
