import {
  ILabShell,
  ILabStatus,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { JobActions } from './actions';
import { announceChanges } from './announcer';
import { addCommands } from './commands';
import { DeployEvents } from './events';
import { Many } from './many';
import { JobsModel } from './model';
import { openNotebook, RunNotebooks } from './notebooks';
import { notifyFailures } from './notifications';
import { Sidebar } from './panel/sidebar';
import { ActiveRuns } from './panel/status';
import { DeployService } from './service';
import { Settings } from './settings';
import { Tabs } from './tabs';
import { CommandIDs, PLUGIN_ID } from './tokens';
import { addNotebookButton } from './toolbar';

/** Jobs: sidebar, tabs, commands. Everything but the application is optional, for
 * Notebook 7 has less. */
const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Runs scripts of the project as jobs.',
  autoStart: true,
  optional: [
    ITranslator,
    ILabShell,
    ILayoutRestorer,
    ILabStatus,
    ISettingRegistry,
    IDocumentManager,
    IFileBrowserFactory,
    ICommandPalette,
    ILauncher,
    IStatusBar,
    IToolbarWidgetRegistry
  ],
  activate: (
    app: JupyterFrontEnd,
    maybeTranslator: ITranslator | null,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    status: ILabStatus | null,
    settingRegistry: ISettingRegistry | null,
    documents: IDocumentManager | null,
    fileBrowsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    statusBar: IStatusBar | null,
    toolbars: IToolbarWidgetRegistry | null
  ) => {
    const translator = maybeTranslator ?? nullTranslator;
    const trans = translator.load('jupyter_saturn_deploy');
    const { commands, serviceManager, shell } = app;
    const settings = new Settings(settingRegistry);
    const model = new JobsModel(
      new DeployService(serviceManager.serverSettings),
      new DeployEvents(serviceManager.events.stream),
      trans
    );
    const actions = new JobActions(model);
    documents?.services.contents.addDrive(new RunNotebooks(model.service));
    const tabs = new Tabs({
      shell,
      // Notebook 7 has one thing in its main area; there tabs go below it.
      area: labShell ? 'main' : 'down',
      restorer,
      status,
      commands,
      actions,
      settings,
      openNotebook: documents && (run => openNotebook(documents, run))
    });

    const sidebar = new Sidebar({
      model,
      translator,
      many: new Many(actions),
      actions: {
        create: () => tabs.openForm(),
        showRuns: () => tabs.openRuns(),
        open: recipe => tabs.openJob(recipe.spec.name),
        openLog: recipe => tabs.openLog(recipe),
        start: recipe => void actions.start(recipe),
        stop: recipe => void actions.stop(recipe),
        setSchedule: (recipe, on) => void actions.setSchedule(recipe, on),
        edit: recipe => void tabs.openForm({ name: recipe.spec.name }),
        remove: recipe => void actions.remove(recipe),
        fix: run => void actions.fix(run),
        isFixed: run => actions.isFixed(run)
      }
    });
    shell.add(sidebar, 'left', { rank: 250, type: 'Jobs' });
    restorer?.add(sidebar, sidebar.id);

    addCommands({
      app,
      actions,
      tabs,
      sidebar,
      documents,
      fileBrowsers,
      palette,
      launcher
    });
    if (toolbars) {
      addNotebookButton(toolbars, commands, trans);
    }
    notifyFailures(actions, tabs, settings);
    announceChanges(model);

    if (statusBar) {
      statusBar.registerStatusItem(PLUGIN_ID, {
        align: 'left',
        rank: 100,
        item: new ActiveRuns(model, () => {
          void commands.execute(CommandIDs.show);
        })
      });
    }
  }
};

export default plugin;
