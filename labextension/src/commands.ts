import { JupyterFrontEnd } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { CommandRegistry } from '@lumino/commands';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';

import { JobActions } from './actions';
import { documentUnder, saveOpen } from './documents';
import { isScript, jobName } from './files';
import { jobsIcon, runsIcon } from './icons';
import { IFilters } from './runs/filters';
import { SpecInput } from './service';
import { Tabs } from './tabs';
import { CommandIDs, IRecipe } from './tokens';

export interface ICommandOptions {
  app: JupyterFrontEnd;
  actions: JobActions;
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
  const { trans } = options.actions.model;
  const category = trans.__('Jobs');

  commands.addCommand(CommandIDs.show, {
    label: trans.__('Show Jobs'),
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
    label: trans.__('Refresh Jobs'),
    execute: () => options.actions.model.refresh()
  });
  commands.addCommand(CommandIDs.create, {
    label: args =>
      args.isLauncher ? trans.__('Job') : trans.__('Create a Job…'),
    caption: trans.__('Run a command of this project in the background'),
    icon: args => (args.isPalette ? undefined : jobsIcon),
    // With a name it edits that job; the arguments are how a form is restored.
    execute: ({ name, draft, file, copyOf }) =>
      tabs.openForm({
        name: name as string | undefined,
        draft: draft as SpecInput | undefined,
        file: file as string | undefined,
        copyOf: copyOf as string | undefined
      })
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
  const { app, actions, tabs, documents, fileBrowsers } = options;
  const { commands } = app;
  const { trans } = actions.model;

  const paths = (args: ReadonlyPartialJSONObject): string[] => {
    if (typeof args.path === 'string') {
      return [args.path];
    }
    if (args.document) {
      const path = documentUnder(app, documents);
      return path === null ? [] : [path];
    }
    const browser = fileBrowsers?.tracker.currentWidget;
    return [...(browser?.selectedItems() ?? [])].map(item => item.path);
  };
  const isVisible = (args: ReadonlyPartialJSONObject) => {
    const all = paths(args);
    return all.length > 0 && all.every(isScript);
  };
  const described = {
    args: {
      type: 'object',
      properties: {
        path: {
          type: 'string',
          description: 'Path of a script; without it, those selected.'
        },
        document: {
          type: 'boolean',
          description: 'Whether it is the open document instead.'
        }
      }
    }
  } as const;

  commands.addCommand(CommandIDs.runFile, {
    label: args =>
      paths(args).length > 1
        ? trans.__('Run %1 Files as Jobs', paths(args).length)
        : trans.__('Run as Job'),
    caption: trans.__('Run in the background, with the defaults'),
    icon: jobsIcon,
    describedBy: described,
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
    describedBy: described,
    isVisible,
    execute: async args => {
      for (const path of paths(args)) {
        const command =
          (await saveOpen(documents, path)) && (await actions.commandOf(path));
        if (command) {
          tabs.openForm({
            draft: { name: jobName(path), command },
            file: path
          });
        }
      }
    }
  });
}

/** Commands on one job: `args.name`, or the row under the context menu. */
function addJobCommands(options: ICommandOptions): void {
  const { app, actions, tabs } = options;
  const { commands } = app;
  const { trans } = actions.model;

  const nameOf = (args: ReadonlyPartialJSONObject): string | undefined =>
    typeof args.name === 'string'
      ? args.name
      : app.contextMenuHitTest(node => 'job' in node.dataset)?.dataset.job;

  const add = (
    id: string,
    label: string,
    act: (recipe: IRecipe) => unknown,
    more: Partial<CommandRegistry.ICommandOptions> = {}
  ) =>
    commands.addCommand(id, {
      label,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            name: { type: 'string', description: 'Name of the job.' }
          }
        }
      },
      isEnabled: args => nameOf(args) !== undefined,
      execute: async args => {
        const name = nameOf(args);
        if (name !== undefined) {
          return act(await actions.model.service.recipe(name));
        }
      },
      ...more
    });

  add(CommandIDs.start, trans.__('Run'), recipe => actions.start(recipe));
  add(CommandIDs.stop, trans.__('Stop'), recipe => actions.stop(recipe), {
    isEnabled: args => {
      const name = nameOf(args);
      const recipe = actions.model.recipes.find(r => r.spec.name === name);
      // A job that isn't listed may be running all the same.
      return recipe
        ? recipe.state['x-jupyter'].active_runs > 0
        : name !== undefined;
    }
  });
  add(CommandIDs.edit, trans.__('Edit…'), recipe =>
    tabs.openForm({ name: recipe.spec.name })
  );
  for (const on of [true, false]) {
    add(
      on ? CommandIDs.schedule : CommandIDs.unschedule,
      on ? trans.__('Switch Schedule On') : trans.__('Switch Schedule Off'),
      recipe => actions.setSchedule(recipe, on),
      {
        isVisible: args => {
          const name = nameOf(args);
          const spec = actions.model.recipes.find(
            recipe => recipe.spec.name === name
          )?.spec;
          return !!spec?.schedule && spec['x-jupyter'].suspended === on;
        }
      }
    );
  }
  add(CommandIDs.duplicate, trans.__('Duplicate…'), recipe =>
    tabs.openForm({ copyOf: recipe.spec.name })
  );
  add(CommandIDs.remove, trans.__('Delete…'), recipe => actions.remove(recipe));
  // Opens without asking for the job first: a restored tab shows its own errors.
  add(CommandIDs.open, trans.__('Open'), () => undefined, {
    execute: args => {
      const name = nameOf(args);
      if (name !== undefined) {
        tabs.openJob(name);
      }
    }
  });
}
