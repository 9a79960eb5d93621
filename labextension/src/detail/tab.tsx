import { ReactWidget } from '@jupyterlab/ui-components';
import { MessageLoop } from '@lumino/messaging';
import { Panel, SplitPanel, Widget } from '@lumino/widgets';
import * as React from 'react';

import { JobActions } from '../actions';
import { LogModel } from '../logs/model';
import { LogView } from '../logs/view';
import { Settings } from '../settings';
import type { Tabs } from '../tabs';
import { JobModel } from './model';
import { Part } from './part';
import { SectionModel } from './sections';
import { Top } from './top';

export interface IJobTabOptions {
  name: string;
  actions: JobActions;
  settings: Settings;
  tabs: Tabs;
}

/** A job's tab: what it is and what can be done, and one of its sections; that of the runs and
 * of one run have the log below. */
export class JobTab extends Panel {
  constructor(options: IJobTabOptions) {
    super();
    const { name, actions, settings, tabs } = options;
    const { service, trans } = actions.model;
    this.addClass('jp-Deploy-tab');
    this.job = new JobModel(name, actions.model);
    this._log = new LogModel(service, trans);
    const shared = { job: this.job, sections: this._sections, actions, tabs };
    const top = ReactWidget.create(
      <Top {...shared} close={() => this.parent?.close()} />
    );
    top.addClass('jp-Deploy-top');
    this._part = ReactWidget.create(<Part {...shared} />);
    this._logView = ReactWidget.create(
      <LogView model={this._log} settings={settings} />
    );
    this._split.addClass('jp-Deploy-split');
    this._split.addWidget(this._part);
    this._split.addWidget(this._logView);
    this._split.setRelativeSizes([2, 3]);
    this.addWidget(top);
    this.addWidget(this._split);
    // What is above grows and shrinks without a word.
    this._observer = new ResizeObserver(() =>
      MessageLoop.sendMessage(this._split, Widget.ResizeMessage.UnknownSize)
    );
    this._observer.observe(this._split.node);
    this._sections.changed.connect(this._onSection, this);
    this.job.stateChanged.connect(this._onChange, this);
    this.job.renamed.connect(this._setTitle, this);
    this._setTitle();
  }

  readonly job: JobModel;

  /** Shows one of its runs, with its log. */
  showRun(runId: string): void {
    this.job.select(runId);
    if (this._logView.isHidden) {
      this._sections.current = 'runs';
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._observer.disconnect();
      this.job.dispose();
      this._log.dispose();
      super.dispose();
    }
  }

  private _onSection(): void {
    const { current } = this._sections;
    this._part.setHidden(current === 'log');
    this._logView.setHidden(current === 'overview' || current === 'recipe');
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
  private _logView: Widget;
  private _observer: ResizeObserver;
  private _part: Widget;
  private _sections = new SectionModel();
  private _split = new SplitPanel({ orientation: 'vertical', spacing: 4 });
}
