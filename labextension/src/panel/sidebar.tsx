import {
  PanelWithToolbar,
  ReactWidget,
  refreshIcon,
  SidePanel,
  ToolbarButton
} from '@jupyterlab/ui-components';
import { ITranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import {
  DeploymentList,
  IListActions as IDeploymentActions
} from '../deployments/list';
import { DeploymentsModel } from '../deployments/model';
import { jobsIcon, runsIcon } from '../icons';
import { ListModel } from '../listmodel';
import { Many } from '../many';
import { JobsModel } from '../model';
import { Head } from './head';
import { IListActions, JobList } from './list';

export interface ISidebarActions extends IListActions {
  showRuns(): void;
}

/** The sidebar: what is running, what failed, and the way to start or stop it. */
export class Sidebar extends SidePanel {
  constructor(options: Sidebar.IOptions) {
    const { jobs, deployments, translator } = options;
    super({ translator });
    const { trans } = jobs;
    this.id = 'saturn-deploy-sidebar';
    this.addClass('jp-Deploy-sidebar');
    this.title.icon = jobsIcon;
    this.title.caption = trans.__('Jobs and Deployments');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this.title.caption);

    const head = ReactWidget.create(<Head {...options} />);
    this.header.addWidget(head);
    // What is said there takes room from the sections, which have to hear of it.
    this._resized = new ResizeObserver(() => this.content.update());
    this._resized.observe(head.node);

    const runs = new ToolbarButton({
      icon: runsIcon,
      tooltip: trans.__('Runs of all jobs'),
      onClick: () => options.jobActions.showRuns()
    });
    this.addWidget(
      section({
        model: jobs,
        list: new JobList(jobs, options.jobActions, options.many),
        title: trans.__('Jobs'),
        counted: count => trans.__('Jobs (%1)', count),
        refresh: trans.__('Refresh jobs'),
        tools: { runs }
      })
    );
    this.addWidget(
      section({
        model: deployments,
        list: new DeploymentList(deployments, options.deploymentActions),
        title: trans.__('Deployments'),
        counted: count => trans.__('Deployments (%1)', count),
        refresh: trans.__('Refresh deployments'),
        tools: {}
      })
    );
  }

  dispose(): void {
    this._resized.disconnect();
    super.dispose();
  }

  private _resized: ResizeObserver;
}

export namespace Sidebar {
  export interface IOptions {
    jobs: JobsModel;
    deployments: DeploymentsModel;
    jobActions: ISidebarActions;
    deploymentActions: IDeploymentActions;
    commands: CommandRegistry;
    many: Many;
    translator: ITranslator;
  }
}

/** A list under its title, which counts, and with its own tools. */
function section<T extends { state: { id: string } }>(options: {
  model: ListModel<T>;
  list: Widget;
  title: string;
  counted: (count: string) => string;
  refresh: string;
  tools: { [name: string]: Widget };
}): Widget {
  const { model, title } = options;
  const panel = new PanelWithToolbar();
  panel.addClass('jp-Deploy-section');
  panel.title.label = title;
  for (const [name, tool] of Object.entries(options.tools)) {
    panel.toolbar.addItem(name, tool);
  }
  panel.toolbar.addItem(
    'refresh',
    new ToolbarButton({
      icon: refreshIcon,
      tooltip: options.refresh,
      onClick: () => void model.refresh()
    })
  );
  panel.addWidget(options.list);
  model.stateChanged.connect(() => {
    const { length } = model.items;
    panel.title.label = length
      ? options.counted(`${length}${model.hasMore ? '+' : ''}`)
      : title;
  });
  return panel;
}
