import { IToolbarWidgetRegistry, ToolbarButton } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';

import { jobsIcon } from './icons';
import { isExecuted } from './notebooks';
import { CommandIDs } from './tokens';

/** What the toolbar belongs to. */
interface INotebookPanel extends Widget {
  readonly context: { readonly path: string };
}

/** Offers to run a notebook from its own toolbar; the schema says where in it. */
export function addNotebookButton(
  registry: IToolbarWidgetRegistry,
  commands: CommandRegistry,
  trans: TranslationBundle
): void {
  registry.addFactory<INotebookPanel>(
    'Notebook',
    'run-as-job',
    ({ context }) => {
      const executed = isExecuted(context.path);
      return new ToolbarButton({
        icon: jobsIcon,
        enabled: !executed,
        tooltip: executed
          ? trans.__('This is what a job made of a notebook')
          : trans.__('Run as Job: save it and run all cells in the background'),
        onClick: () =>
          // The path of now: it may have been renamed.
          void commands.execute(CommandIDs.runFile, { path: context.path })
      });
    }
  );
}
