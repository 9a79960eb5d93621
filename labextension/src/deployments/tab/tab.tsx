import * as React from 'react';

import { DetailLayout } from '../../detail/layout';
import { SectionModel } from '../../detail/sections';
import { LogModel } from '../../logs/model';
import { LogView } from '../../logs/view';
import { Settings } from '../../settings';
import type { Tabs } from '../../tabs';
import { DeploymentActions } from '../actions';
import { AllLogs } from './alllogs';
import { DeploymentModel } from './model';
import { Part } from './part';
import { DeploymentSection } from './sections';
import { InstanceSwitch } from './switch';
import { Top } from './top';

export interface IDeploymentTabOptions {
  name: string;
  actions: DeploymentActions;
  settings: Settings;
  tabs: Tabs;
}

/** A deployment's tab: what it is and what can be done, and one of its sections; that of the
 * instances has a log below. */
export class DeploymentTab extends DetailLayout {
  constructor(options: IDeploymentTabOptions) {
    const { name, actions, settings, tabs } = options;
    const { trans } = actions;
    const deployment = new DeploymentModel(name, actions.model);
    const log = new LogModel(actions.jobs.service, trans);
    const sections = new SectionModel<DeploymentSection>('overview');
    const shared = { deployment, sections, actions, tabs };
    super(
      <Top {...shared} close={() => this.parent?.close()} />,
      <Part {...shared} />,
      <LogView
        model={log}
        settings={settings}
        noneYet={trans.__(
          'The output of its instances will be here once it was started.'
        )}
      >
        <InstanceSwitch deployment={deployment} trans={trans} />
      </LogView>
    );
    this.deployment = deployment;
    this._all = new AllLogs(actions.jobs.service);
    this._log = log;
    this._sections = sections;
    sections.changed.connect(this._onSection, this);
    deployment.stateChanged.connect(this._onChange, this);
    deployment.renamed.connect(this._setTitle, this);
    this._onSection();
    this._setTitle();
  }

  readonly deployment: DeploymentModel;

  /** Shows a section, and of its instances one. */
  reveal(where: { instanceId?: string; section?: DeploymentSection }): void {
    if (where.instanceId !== undefined) {
      this.deployment.select(where.instanceId);
    }
    if (where.section !== undefined) {
      this._sections.current = where.section;
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.deployment.dispose();
      this._log.dispose();
      super.dispose();
    }
  }

  private _onSection(): void {
    const { current } = this._sections;
    this.showParts({
      part: current !== 'log',
      log: current === 'log' || current === 'instances'
    });
  }

  private _onChange(): void {
    const { problem, instances, selected, showsAll } = this.deployment;
    this._log.show(showsAll ? this._all.of(instances) : selected);
    if (this._hadProblem && problem === null) {
      // The server answers again: the log need not wait any longer.
      this._log.retry();
    }
    this._hadProblem = problem !== null;
  }

  private _setTitle(): void {
    this.title.label = this.deployment.name;
    this.title.caption = this.deployment.name;
  }

  private _all: AllLogs;
  private _hadProblem = false;
  private _log: LogModel;
  private _sections: SectionModel<DeploymentSection>;
}
