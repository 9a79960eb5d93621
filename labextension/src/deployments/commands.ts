import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { ICommandOptions } from '../commands';
import { FILES_MEANT, filesMeant, saveOpen } from '../documents';
import { isApp } from '../files';
import { deploymentsIcon } from '../icons';
import { RowCommands } from '../rowcommands';
import { CommandIDs, IDeployment } from '../tokens';
import { DeploymentInput } from './service';

/** All commands on deployments, and the places that offer them (the context menu is in the
 * schema). */
export function addDeploymentCommands(options: ICommandOptions): void {
  const { app, tabs, palette, launcher } = options;
  const { trans } = options.deployments;

  app.commands.addCommand(CommandIDs.createDeployment, {
    label: args =>
      args.isLauncher
        ? trans.__('Deployment')
        : trans.__('Create a Deployment…'),
    caption: trans.__('Serve an app of this project at a URL'),
    icon: args => (args.isPalette ? undefined : deploymentsIcon),
    // With a name it edits that deployment; the arguments are how a form is restored.
    execute: ({ id, name, draft, file, copyOf }) =>
      tabs.openForm(
        {
          kind: 'deployment',
          name: name as string | undefined,
          draft: draft as DeploymentInput | undefined,
          file: file as string | undefined,
          copyOf: copyOf as string | undefined
        },
        id as string | undefined
      )
  });
  addFileCommand(options);
  addRowCommands(options);
  palette?.addItem({
    command: CommandIDs.createDeployment,
    category: trans.__('Jobs and Deployments'),
    args: { isPalette: true }
  });
  launcher?.add({
    command: CommandIDs.createDeployment,
    category: trans.__('Other'),
    args: { isLauncher: true },
    rank: 11
  });
}

/** The command on files selected in the file browser, or on `args.path`. */
function addFileCommand(options: ICommandOptions): void {
  const { app, deployments, documents } = options;
  const { trans } = deployments;
  app.commands.addCommand(CommandIDs.deployFile, {
    label: args => {
      const { length } = filesMeant(options, args);
      return length > 1
        ? trans.__('Deploy %1 Files as Apps…', length)
        : trans.__('Deploy as App…');
    },
    caption: trans.__('Serve it at a URL'),
    icon: deploymentsIcon,
    describedBy: FILES_MEANT,
    isVisible: args => {
      const paths = filesMeant(options, args);
      return paths.length > 0 && paths.every(isApp);
    },
    execute: async args => {
      for (const path of filesMeant(options, args)) {
        if (await saveOpen(documents, path)) {
          await deployments.deployFile(path);
        }
      }
    }
  });
}

/** Commands on one deployment. */
function addRowCommands(options: ICommandOptions): void {
  const { app, deployments: actions, tabs } = options;
  const { trans } = actions;
  const rows = new RowCommands<IDeployment>(
    app,
    'deployment',
    trans.__('Name of the deployment.'),
    actions.service
  );
  const listed = (name: string | undefined) =>
    actions.model.deployments.find(d => d.spec.name === name);
  /** Only for those of which `is` is true; one that isn't listed may be so. */
  const only = (is: (deployment: IDeployment) => boolean) => ({
    isEnabled: (args: ReadonlyPartialJSONObject) => {
      const name = rows.nameOf(args);
      const deployment = listed(name);
      return deployment ? is(deployment) : name !== undefined;
    }
  });
  /** Without waiting, if it may be: browsers grant new tabs and the clipboard to clicks. */
  const soon =
    (act: (deployment: IDeployment) => Promise<void>) => async (name: string) =>
      act(listed(name) ?? (await actions.service.recipe(name)));
  const wanted = (d: IDeployment) => d.state['x-jupyter'].wanted;
  const isReady = (d: IDeployment) => d.state['x-jupyter'].ready > 0;

  rows.addByName(
    CommandIDs.openApp,
    trans.__('Open the App'),
    soon(d => actions.open(d)),
    only(isReady)
  );
  rows.addByName(CommandIDs.openDeployment, trans.__('Show Details'), name =>
    tabs.openDeployment(name)
  );
  rows.add(
    CommandIDs.startDeployment,
    trans.__('Start'),
    d => actions.start(d),
    only(d => !wanted(d))
  );
  rows.add(
    CommandIDs.stopDeployment,
    trans.__('Stop'),
    d => actions.stop(d),
    only(wanted)
  );
  rows.add(
    CommandIDs.restartDeployment,
    trans.__('Restart'),
    d => actions.restart(d),
    only(wanted)
  );
  rows.add(
    CommandIDs.updateCode,
    trans.__('Update Code and Restart'),
    d => actions.updateCode(d),
    only(wanted)
  );
  rows.addByName(CommandIDs.editDeployment, trans.__('Edit…'), name =>
    tabs.openForm({ kind: 'deployment', name })
  );
  rows.addByName(CommandIDs.duplicateDeployment, trans.__('Duplicate…'), name =>
    tabs.openForm({ kind: 'deployment', copyOf: name })
  );
  rows.addByName(
    CommandIDs.copyPython,
    trans.__('Copy as Python'),
    soon(d => actions.copyPython(d))
  );
  rows.add(CommandIDs.makeJob, trans.__('Make It a Job…'), d =>
    actions.makeJob(d)
  );
  rows.add(CommandIDs.removeDeployment, trans.__('Delete…'), d =>
    actions.remove(d)
  );
}
