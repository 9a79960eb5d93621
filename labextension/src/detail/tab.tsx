import * as React from 'react';

import { JobActions } from '../actions';
import { LogModel } from '../logs/model';
import { LogView } from '../logs/view';
import { Settings } from '../settings';
import type { Tabs } from '../tabs';
import { DetailLayout } from './layout';
import { JobModel } from './model';
import { Part } from './part';
import { SectionModel } from './sections';
import { JobSection, Top } from './top';

export interface IJobTabOptions {
  name: string;
  actions: JobActions;
  settings: Settings;
  tabs: Tabs;
}

/** A job's tab: what it is and what can be done, and one of its sections; that of the runs and
 * of one run have the log below. */
export class JobTab extends DetailLayout {
  constructor(options: IJobTabOptions) {
    const { name, actions, settings, tabs } = options;
    const { service, trans } = actions.model;
    const job = new JobModel(name, actions.model);
    const log = new LogModel(service, trans);
    const sections = new SectionModel<JobSection>('runs');
    const shared = { job, sections, actions, tabs };
    super(
      <Top {...shared} close={() => this.parent?.close()} />,
      <Part {...shared} />,
      <LogView
        model={log}
        settings={settings}
        noneYet={trans.__('Its output will be here once the job has run.')}
      />
    );
    this.job = job;
    this._log = log;
    this._sections = sections;
    sections.changed.connect(this._onSection, this);
    job.stateChanged.connect(this._onChange, this);
    job.renamed.connect(this._setTitle, this);
    this._setTitle();
  }

  readonly job: JobModel;

  /** Shows one of its runs, with its log. */
  showRun(runId: string): void {
    this.job.select(runId);
    if (!this.showsLog) {
      this._sections.current = 'runs';
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.job.dispose();
      this._log.dispose();
      super.dispose();
    }
  }

  private _onSection(): void {
    const { current } = this._sections;
    this.showParts({
      part: current !== 'log',
      log: current !== 'overview' && current !== 'recipe'
    });
  }

  private _onChange(): void {
    const { problem } = this.job;
    this._log.show(this.job.selected);
    if (this._hadProblem && problem === null) {
      // The server answers again: the log need not wait any longer.
      this._log.retry();
    }
    this._hadProblem = problem !== null;
  }

  private _setTitle(): void {
    this.title.label = this.job.name;
    this.title.caption = this.job.name;
  }

  private _hadProblem = false;
  private _log: LogModel;
  private _sections: SectionModel<JobSection>;
}
