import { IDocumentManager } from '@jupyterlab/docmanager';

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
