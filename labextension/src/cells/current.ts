import { JupyterFrontEnd } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { Widget } from '@lumino/widgets';

import { isExecuted } from '../notebooks';
import { ICell } from './script';

/** What is used of JupyterLab's notebooks. */
interface INotebook extends Widget {
  readonly activeCell: {
    readonly model: {
      readonly id: string;
      readonly type: string;
      readonly sharedModel: { getSource(): string };
    };
  } | null;
  readonly activeCellIndex: number;
  readonly model: {
    readonly nbformat: number;
    readonly nbformatMinor: number;
  } | null;
}

export interface ICurrentCell extends ICell {
  context: NonNullable<ReturnType<IDocumentManager['contextForWidget']>>;
}

/** The code cell that is chosen in the notebook in front, if that is one of Python. */
export function currentCell(
  app: JupyterFrontEnd,
  documents: IDocumentManager | null
): ICurrentCell | null {
  const panel = app.shell.currentWidget as
    (Widget & { content?: INotebook }) | null;
  const context = panel && documents?.contextForWidget(panel);
  const { activeCell, activeCellIndex, model } = panel?.content ?? {};
  if (!context || !activeCell || !model || isExecuted(context.path)) {
    return null;
  }
  const { defaultKernelLanguage: language } = context.model;
  if (activeCell.model.type !== 'code' || !/^(python)?$/i.test(language)) {
    return null;
  }
  const { id, sharedModel } = activeCell.model;
  // Before 4.5 cells have no names: those they have now are gone with the page.
  const isNamed =
    model.nbformat > 4 || (model.nbformat === 4 && model.nbformatMinor >= 5);
  return {
    context,
    notebook: context.path,
    number: activeCellIndex! + 1,
    id: isNamed ? id : null,
    source: sharedModel.getSource()
  };
}
