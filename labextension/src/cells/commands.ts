import { showErrorMessage } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';

import { ICommandOptions } from '../commands';
import { ending, jobName, shellQuoted } from '../files';
import { jobsIcon } from '../icons';
import { CommandIDs } from '../tokens';
import { currentCell, ICurrentCell } from './current';
import { foreignIn } from './python';
import { interpreterOf, writeScript } from './script';
import { foreignWords } from './words';

/** Modules beside the notebook are found, as in the notebook itself. */
const BESIDE = 'export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}"';

/** The command that makes a job of a notebook's cell; where it is offered is in the schema. */
export function addCellCommand(options: ICommandOptions): void {
  const { app, actions, tabs, documents, palette } = options;
  const { trans } = actions;
  app.commands.addCommand(CommandIDs.runCell, {
    label: trans.__('Run Cell as Job'),
    caption: trans.__(
      'Run the code of this cell by itself, in the background: it knows nothing of the other cells'
    ),
    icon: args => (args.isPalette ? undefined : jobsIcon),
    isEnabled: () => currentCell(app, documents) !== null,
    execute: async () => {
      const cell = currentCell(app, documents);
      if (!cell || !(await mayBeScript(cell, options))) {
        return;
      }
      const started = await run(cell, options);
      if (started) {
        app.shell.activateById(options.sidebar.id);
        const { recipe, run } = started;
        tabs.openJob(recipe.spec.name, { runId: run.id, beside: true });
      }
    }
  });
  palette?.addItem({
    command: CommandIDs.runCell,
    category: trans.__('Jobs and Deployments'),
    args: { isPalette: true }
  });
}

/** Whether it is plain Python; if not, that was said. */
async function mayBeScript(
  { source }: ICurrentCell,
  { actions: { trans } }: ICommandOptions
): Promise<boolean> {
  const title = trans.__('This cell can’t be run as a job');
  if (!source.trim()) {
    await showErrorMessage(title, trans.__('It is empty.'));
    return false;
  }
  const foreign = foreignIn(source);
  if (foreign) {
    await showErrorMessage(title, foreignWords(foreign, trans));
  }
  return foreign === null;
}

/** The script is written, the job found or made, and started; null if that was refused, which was
 * said. */
async function run(
  cell: ICurrentCell,
  { app, actions }: ICommandOptions
): ReturnType<typeof actions.runSpec> {
  const { serviceManager } = app;
  const { sessionContext, model } = cell.context;
  const notebook = await actions.inProject(cell.notebook);
  if (notebook === null) {
    return null;
  }
  const title = actions.trans.__('Could not run the cell as a job');
  return actions.runSpec(title, async () => {
    await serviceManager.kernelspecs.ready;
    const kernel =
      sessionContext.session?.kernel?.name ?? model.defaultKernelName;
    const { argv } =
      serviceManager.kernelspecs.specs?.kernelspecs[kernel] ?? {};
    const { environment } = await actions.service.workspace();
    const script = await writeScript(serviceManager.contents, cell);
    const python = interpreterOf(argv, environment.value);
    const [, suffix] = /(-cell-[\d-]+)\.py$/.exec(script)!;
    return {
      name: ending(jobName(notebook), suffix),
      command: `${shellQuoted(python)} ${shellQuoted(script)}`,
      working_directory: PathExt.dirname(notebook),
      start_script: BESIDE
    };
  });
}
