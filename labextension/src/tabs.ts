import {
  ILabStatus,
  ILayoutRestorer,
  JupyterFrontEnd
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import { UUID } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';

import { JobActions } from './actions';
import { DeploymentActions } from './deployments/actions';
import { DeploymentSection } from './deployments/tab/sections';
import { DeploymentTab } from './deployments/tab/tab';
import { JobTab } from './detail/tab';
import { FormTab, IFormOptions } from './form/tab';
import { deploymentsIcon, jobsIcon } from './icons';
import { IFilters, NO_FILTERS } from './runs/filters';
import { RunsTab } from './runs/tab';
import { Settings } from './settings';
import { CommandIDs, IRecipe, IRun } from './tokens';

export interface ITabsOptions {
  shell: JupyterFrontEnd.IShell;
  /** Where tabs go. */
  area: string;
  restorer: ILayoutRestorer | null;
  status: ILabStatus | null;
  commands: CommandRegistry;
  actions: JobActions;
  deployments: DeploymentActions;
  settings: Settings;
  /** Opens the executed notebook of a run; null where nothing can show it. */
  openNotebook: ((run: IRun) => void) | null;
}

/** The tabs of the main area: one per job and per deployment, and forms. */
export class Tabs {
  constructor(private _options: ITabsOptions) {
    void _options.restorer?.restore(this._tracker, {
      command: CommandIDs.open,
      args: ({ content }) => ({ name: content.job.name }),
      name: ({ content }) => content.job.name
    });
    void _options.restorer?.restore(this._deployments, {
      command: CommandIDs.openDeployment,
      args: ({ content }) => ({ name: content.deployment.name }),
      name: ({ content }) => content.deployment.name
    });
    void _options.restorer?.restore(this._runs, {
      command: CommandIDs.showRuns,
      args: ({ content }) => ({ filters: { ...content.model.filters } }),
      name: () => 'runs'
    });
    for (const kind of ['job', 'deployment'] as const) {
      // What it began with comes back; what was typed may be a secret and is kept nowhere.
      void _options.restorer?.restore(this._forms[kind], {
        command:
          kind === 'job' ? CommandIDs.create : CommandIDs.createDeployment,
        args: ({ id, form: { name, draft, file, copyOf } }) => ({
          // The layout that comes back knows the tab by its id.
          id,
          ...(name ? { name } : {}),
          ...(file ? { file } : {}),
          ...(copyOf ? { copyOf } : {}),
          ...(draft
            ? {
                draft: {
                  name: draft.name,
                  command: draft.command,
                  working_directory: draft.working_directory
                }
              }
            : {})
        }),
        name: ({ id }) => id
      });
    }
  }

  /** See the options. */
  get openNotebook(): ((run: IRun) => void) | null {
    return this._options.openNotebook;
  }

  /** Shows a job, and of its runs `runId` if given; `beside` what is shown now. */
  openJob(
    name: string,
    where: { runId?: string; beside?: boolean } = {}
  ): void {
    const open = this._tracker.find(({ content }) => content.job.name === name);
    if (open) {
      if (where.runId) {
        open.content.showRun(where.runId);
      }
      this._options.shell.activateById(open.id);
      return;
    }
    const { actions, settings } = this._options;
    const content = new JobTab({ name, actions, settings, tabs: this });
    if (where.runId) {
      content.showRun(where.runId);
    }
    const widget = new MainAreaWidget({ content });
    widget.id = `saturn-deploy-job-${Private.next()}`;
    void this._tracker.add(widget);
    content.job.renamed.connect(() => void this._tracker.save(widget));
    this._add(widget, where.beside);
  }

  /** Shows a deployment, and of its instances `instanceId`, in a section, if given. */
  openDeployment(
    name: string,
    where: { instanceId?: string; section?: DeploymentSection } = {}
  ): void {
    const open = this._deployments.find(
      ({ content }) => content.deployment.name === name
    );
    if (open) {
      open.content.reveal(where);
      this._options.shell.activateById(open.id);
      return;
    }
    const { deployments: actions, settings } = this._options;
    const content = new DeploymentTab({ name, actions, settings, tabs: this });
    content.reveal(where);
    const widget = new MainAreaWidget({ content });
    widget.id = `saturn-deploy-deployment-${Private.next()}`;
    widget.title.icon = deploymentsIcon;
    void this._deployments.add(widget);
    content.deployment.renamed.connect(
      () => void this._deployments.save(widget)
    );
    this._add(widget);
  }

  /** Shows the runs of all jobs, filtered if so wished. */
  openRuns(filters?: Partial<IFilters>): void {
    let widget = this._runs.currentWidget;
    if (!widget) {
      const content = new RunsTab(this._options.actions, this);
      widget = new MainAreaWidget({ content });
      widget.id = 'saturn-deploy-runs';
      void this._runs.add(widget);
      const shown = widget;
      content.model.filtered.connect(() => void this._runs.save(shown));
      this._add(widget);
    }
    const { model } = widget.content;
    if (filters) {
      model.filters = { ...NO_FILTERS, ...filters };
    }
    this._options.shell.activateById(widget.id);
  }

  /** Shows the log of a job's last run. */
  openLog(recipe: IRecipe): void {
    this.openJob(recipe.spec.name, {
      runId: recipe.state['x-jupyter'].last_run?.id
    });
  }

  /** A form: to edit `name`, or to create a job or a deployment from `draft` or like `copyOf`;
   * its tab has `id` if it is one that was there before. */
  openForm(
    form: Partial<
      Pick<IFormOptions, 'kind' | 'name' | 'draft' | 'file' | 'copyOf'>
    > = {},
    id = `saturn-deploy-form-${UUID.uuid4()}`
  ): void {
    const { shell, actions, deployments, status } = this._options;
    const { kind = 'job', name } = form;
    const forms = this._forms[kind];
    const open = name && forms.find(tab => tab.form.name === name);
    if (open) {
      shell.activateById(open.id);
      return;
    }
    const options = { ...form, kind, actions, deployments, tabs: this };
    const widget = new FormTab(options, status);
    widget.id = id;
    void forms.add(widget);
    this._add(widget);
  }

  /** What shows a tab of which there is one at most, opened by `command`. */
  only<T extends Widget>(id: string, command: string, make: () => T): () => T {
    const { restorer, shell } = this._options;
    const tracker = new WidgetTracker<MainAreaWidget<T>>({ namespace: id });
    void restorer?.restore(tracker, { command, name: () => id });
    return () => {
      let widget = tracker.currentWidget;
      if (!widget) {
        widget = new MainAreaWidget({ content: make() });
        widget.id = id;
        void tracker.add(widget);
        this._add(widget);
      }
      shell.activateById(id);
      return widget.content;
    };
  }

  private _add(widget: Widget, beside = false): void {
    const { shell, area } = this._options;
    widget.title.icon ??= jobsIcon;
    widget.title.closable = true;
    widget.toggleClass('jp-Deploy-below', area === 'down');
    // A second job goes where the first one is: splits of splits would leave no room.
    const other = this._tracker.find(tab => tab !== widget && tab.isVisible);
    shell.add(widget, area, {
      ...(beside && other ? { mode: 'tab-after', ref: other.id } : {}),
      ...(beside && !other ? { mode: 'split-right' } : {}),
      type: 'Job'
    });
    shell.activateById(widget.id);
  }

  private _deployments = new WidgetTracker<MainAreaWidget<DeploymentTab>>({
    namespace: 'saturn-deploy-deployments'
  });
  private _forms = {
    job: new WidgetTracker<FormTab>({ namespace: 'saturn-deploy-forms' }),
    deployment: new WidgetTracker<FormTab>({
      namespace: 'saturn-deploy-deployment-forms'
    })
  };
  private _runs = new WidgetTracker<MainAreaWidget<RunsTab>>({
    namespace: 'saturn-deploy-runs'
  });
  private _tracker = new WidgetTracker<MainAreaWidget<JobTab>>({
    namespace: 'saturn-deploy-jobs'
  });
}

namespace Private {
  let count = 0;

  /** A number that no other tab has. */
  export function next(): number {
    return ++count;
  }
}
