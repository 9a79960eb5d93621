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

import { addAccessCommand } from './access/commands';
import { JobActions } from './actions';
import { announceChanges } from './announcer';
import { addCellCommand } from './cells/commands';
import { addCommands } from './commands';
import { DeploymentActions } from './deployments/actions';
import { addDeploymentCommands } from './deployments/commands';
import { DeploymentsModel } from './deployments/model';
import { notifyCrashes } from './deployments/notifications';
import { DeploymentService } from './deployments/service';
import { DeployEvents } from './events';
import { Many } from './many';
import { JobsModel } from './model';
import { openNotebook, RunNotebooks } from './notebooks';
import { notifyFailures } from './notifications';
import { Sidebar } from './panel/sidebar';
import { ActiveRuns } from './panel/status';
import { addRecipeCommands } from './recipes/commands';
import { DeployService } from './service';
import { Settings } from './settings';
import { Tabs } from './tabs';
import { CommandIDs, PLUGIN_ID } from './tokens';
import { addNotebookButton } from './toolbar';

/** Jobs and deployments: sidebar, tabs, commands. Everything but the application is optional, for
 * Notebook 7 has less. */
const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Runs scripts of the project as jobs, and serves its apps.',
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
    const deployments = new DeploymentActions(
      new DeploymentsModel(
        new DeploymentService(serviceManager.serverSettings),
        model
      ),
      actions
    );
    documents?.services.contents.addDrive(new RunNotebooks(model.service));
    const tabs = new Tabs({
      shell,
      // Notebook 7 has one thing in its main area; there tabs go below it.
      area: labShell ? 'main' : 'down',
      restorer,
      status,
      commands,
      actions,
      deployments,
      settings,
      openNotebook: documents && (run => openNotebook(documents, run))
    });

    deployments.drafted.connect((_, form) => tabs.openForm(form));

    const sidebar = new Sidebar({
      jobs: model,
      deployments: deployments.model,
      commands,
      translator,
      many: new Many(actions),
      jobActions: {
        create: () => tabs.openForm({ kind: 'job' }),
        showRuns: () => tabs.openRuns(),
        open: recipe => tabs.openJob(recipe.spec.name),
        openLog: recipe => tabs.openLog(recipe),
        start: recipe => void actions.start(recipe),
        stop: recipe => void actions.stop(recipe),
        setSchedule: (recipe, on) => void actions.setSchedule(recipe, on),
        edit: ({ spec: { name } }) => tabs.openForm({ kind: 'job', name }),
        remove: recipe => void actions.remove(recipe),
        fix: run => void actions.fix(run),
        isFixed: run => actions.isFixed(run)
      },
      deploymentActions: {
        create: () => tabs.openForm({ kind: 'deployment' }),
        show: ({ spec }) => tabs.openDeployment(spec.name),
        showLog: ({ spec, state }) =>
          tabs.openDeployment(spec.name, {
            instanceId: state['x-jupyter'].advice_run ?? undefined,
            section: 'log'
          }),
        open: d => void deployments.open(d),
        start: d => void deployments.start(d),
        stop: d => void deployments.stop(d),
        restart: d => void deployments.restart(d),
        edit: ({ spec: { name } }) =>
          tabs.openForm({ kind: 'deployment', name }),
        remove: d => void deployments.remove(d),
        fix: (d, of) => void deployments.fix(d, of),
        isFixed: of => deployments.isFixed(of)
      }
    });
    shell.add(sidebar, 'left', { rank: 250, type: 'Jobs' });
    restorer?.add(sidebar, sidebar.id);

    const places = {
      app,
      actions,
      deployments,
      tabs,
      sidebar,
      documents,
      fileBrowsers,
      palette,
      launcher
    };
    addCommands(places);
    addDeploymentCommands(places);
    addCellCommand(places);
    addRecipeCommands(places);
    addAccessCommand(places);
    if (toolbars) {
      addNotebookButton(toolbars, commands, trans);
    }
    notifyFailures(actions, tabs, settings);
    notifyCrashes(deployments, tabs, settings);
    announceChanges(model, deployments.model);

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
