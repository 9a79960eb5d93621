import { JupyterFrontEnd } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';

import { JobActions } from './actions';
import { DeploymentActions } from './deployments/actions';
import { filesMeant, FILES_MEANT, saveOpen } from './documents';
import { isScript, jobName } from './files';
import { jobsIcon, runsIcon } from './icons';
import { RowCommands } from './rowcommands';
import { IFilters } from './runs/filters';
import { SpecInput } from './service';
import { Tabs } from './tabs';
import { CommandIDs, IRecipe } from './tokens';

export interface ICommandOptions {
  app: JupyterFrontEnd;
  actions: JobActions;
  deployments: DeploymentActions;
  tabs: Tabs;
  sidebar: Widget;
  documents: IDocumentManager | null;
  fileBrowsers: IFileBrowserFactory | null;
  palette: ICommandPalette | null;
  launcher: ILauncher | null;
}

/** All commands, and the places that offer them (the context menu is in the schema). */
export function addCommands(options: ICommandOptions): void {
  const { app, tabs, sidebar, palette, launcher } = options;
  const { commands } = app;
  const { trans } = options.actions;
  const category = trans.__('Jobs and Deployments');

  commands.addCommand(CommandIDs.show, {
    label: trans.__('Show Jobs and Deployments'),
    execute: () => app.shell.activateById(sidebar.id)
  });
  commands.addCommand(CommandIDs.showRuns, {
    label: trans.__('Runs'),
    caption: trans.__('Show the runs of all jobs'),
    icon: args => (args.isPalette ? undefined : runsIcon),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          filters: {
            type: 'object',
            description: 'Which runs: state, when, from, to, pinned, contains.'
          }
        }
      }
    },
    execute: ({ filters }) =>
      tabs.openRuns(filters as Partial<IFilters> | undefined)
  });
  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Refresh Jobs and Deployments'),
    execute: () =>
      Promise.all([
        options.actions.model.refresh(),
        options.deployments.model.refresh()
      ])
  });
  commands.addCommand(CommandIDs.create, {
    label: args =>
      args.isLauncher ? trans.__('Job') : trans.__('Create a Job…'),
    caption: trans.__('Run a command of this project in the background'),
    icon: args => (args.isPalette ? undefined : jobsIcon),
    // With a name it edits that job; the arguments are how a form is restored.
    execute: ({ id, name, draft, file, copyOf }) =>
      tabs.openForm(
        {
          kind: 'job',
          name: name as string | undefined,
          draft: draft as SpecInput | undefined,
          file: file as string | undefined,
          copyOf: copyOf as string | undefined
        },
        id as string | undefined
      )
  });
  addFileCommands(options);
  addJobCommands(options);

  for (const command of [
    CommandIDs.create,
    CommandIDs.show,
    CommandIDs.showRuns,
    CommandIDs.refresh
  ]) {
    palette?.addItem({ command, category, args: { isPalette: true } });
  }
  launcher?.add({
    command: CommandIDs.create,
    category: trans.__('Other'),
    args: { isLauncher: true },
    rank: 10
  });
}

/** Commands on the scripts selected in the file browser, or on `args.path`. */
function addFileCommands(options: ICommandOptions): void {
  const { app, actions, tabs, documents } = options;
  const { commands } = app;
  const { trans } = actions;
  const paths = (args: ReadonlyPartialJSONObject) => filesMeant(options, args);
  const isVisible = (args: ReadonlyPartialJSONObject) => {
    const all = paths(args);
    return all.length > 0 && all.every(isScript);
  };

  commands.addCommand(CommandIDs.runFile, {
    label: args =>
      paths(args).length > 1
        ? trans.__('Run %1 Files as Jobs', paths(args).length)
        : trans.__('Run as Job'),
    caption: trans.__('Run in the background, with the defaults'),
    icon: jobsIcon,
    describedBy: FILES_MEANT,
    isVisible,
    execute: async args => {
      app.shell.activateById(options.sidebar.id);
      for (const path of paths(args)) {
        const started =
          (await saveOpen(documents, path)) && (await actions.runFile(path));
        if (started) {
          const { recipe, run } = started;
          tabs.openJob(recipe.spec.name, { runId: run.id, beside: true });
        }
      }
    }
  });
  commands.addCommand(CommandIDs.createFromFile, {
    label: trans.__('Create Job…'),
    caption: trans.__('Choose name, size, retries and more for a new job'),
    describedBy: FILES_MEANT,
    isVisible,
    execute: async args => {
      for (const path of paths(args)) {
        const command =
          (await saveOpen(documents, path)) && (await actions.commandOf(path));
        if (command) {
          tabs.openForm({
            kind: 'job',
            draft: { name: jobName(path), command },
            file: path
          });
        }
      }
    }
  });
}

/** Commands on one job. */
function addJobCommands(options: ICommandOptions): void {
  const { app, actions, deployments, tabs } = options;
  const { trans } = actions;
  const rows = new RowCommands<IRecipe>(
    app,
    'job',
    trans.__('Name of the job.'),
    actions.service
  );
  const listed = (args: ReadonlyPartialJSONObject) => {
    const name = rows.nameOf(args);
    return actions.model.recipes.find(recipe => recipe.spec.name === name);
  };

  rows.add(CommandIDs.start, trans.__('Run'), job => actions.start(job));
  rows.add(CommandIDs.stop, trans.__('Stop'), job => actions.stop(job), {
    isEnabled: args => {
      const recipe = listed(args);
      // A job that isn't listed may be running all the same.
      return recipe
        ? recipe.state['x-jupyter'].active_runs > 0
        : rows.nameOf(args) !== undefined;
    }
  });
  rows.addByName(CommandIDs.edit, trans.__('Edit…'), name =>
    tabs.openForm({ kind: 'job', name })
  );
  for (const on of [true, false]) {
    rows.add(
      on ? CommandIDs.schedule : CommandIDs.unschedule,
      on ? trans.__('Switch Schedule On') : trans.__('Switch Schedule Off'),
      recipe => actions.setSchedule(recipe, on),
      {
        isVisible: args => {
          const spec = listed(args)?.spec;
          return !!spec?.schedule && spec['x-jupyter'].suspended === on;
        }
      }
    );
  }
  rows.addByName(CommandIDs.duplicate, trans.__('Duplicate…'), name =>
    tabs.openForm({ kind: 'job', copyOf: name })
  );
  rows.add(
    CommandIDs.makeDeployment,
    trans.__('Make It a Deployment…'),
    recipe => deployments.makeDeployment(recipe)
  );
  rows.add(CommandIDs.remove, trans.__('Delete…'), job => actions.remove(job));
  // Opens without asking for the job first: a restored tab shows its own errors.
  rows.addByName(CommandIDs.open, trans.__('Open'), name => tabs.openJob(name));
}
