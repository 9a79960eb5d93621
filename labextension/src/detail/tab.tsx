import { ReactWidget } from '@jupyterlab/ui-components';
import { SplitPanel } from '@lumino/widgets';
import * as React from 'react';

import { JobActions } from '../actions';
import { useSignal } from '../hooks';
import { LogModel } from '../logs/model';
import { LogView } from '../logs/view';
import { RunTable } from '../runs/table';
import { Settings } from '../settings';
import type { Tabs } from '../tabs';
import { Header } from './header';
import { JobModel } from './model';
import { Overview } from './overview';

/** A job's tab: what it is and its runs above, the log of one of them below. */
export class JobTab extends SplitPanel {
  constructor(options: {
    name: string;
    actions: JobActions;
    settings: Settings;
    tabs: Tabs;
  }) {
    super({ orientation: 'vertical', spacing: 4 });
    const { name, actions, settings, tabs } = options;
    const { service, trans } = actions.model;
    this.addClass('jp-Deploy-tab');
    this.job = new JobModel(name, actions.model);
    this._log = new LogModel(service, trans);
    this.addWidget(
      ReactWidget.create(
        <Upper
          job={this.job}
          actions={actions}
          tabs={tabs}
          close={() => this.parent?.close()}
        />
      )
    );
    this.addWidget(
      ReactWidget.create(<LogView model={this._log} settings={settings} />)
    );
    this.setRelativeSizes([1, 2]);
    this.job.stateChanged.connect(this._onChange, this);
    this.job.renamed.connect(this._setTitle, this);
    this._setTitle();
  }

  readonly job: JobModel;

  dispose(): void {
    if (!this.isDisposed) {
      this.job.dispose();
      this._log.dispose();
      super.dispose();
    }
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
}

function Upper(props: {
  job: JobModel;
  actions: JobActions;
  tabs: Tabs;
  close: () => void;
}): JSX.Element {
  const { job, actions, tabs, close } = props;
  const { trans } = actions.model;
  const scroller = React.useRef<HTMLDivElement>(null);
  useSignal(job.stateChanged);
  useSignal(job.runs.stateChanged);
  const { recipe } = job;
  const problem = job.problem ?? job.runs.problem;
  if (!recipe || job.isGone) {
    return (
      <p className="jp-Deploy-note" role="status">
        {job.isGone
          ? trans.__('There is no job “%1” any more.', job.name)
          : (job.problem ?? trans.__('Loading…'))}
      </p>
    );
  }
  const run = async () => {
    const started = await actions.start(recipe);
    if (started) {
      job.select(started.id);
    }
  };
  const remove = async () => {
    if (await actions.remove(recipe)) {
      close();
    }
  };
  return (
    <div className="jp-Deploy-upper" ref={scroller}>
      {problem && (
        <p className="jp-Deploy-notice jp-mod-error" role="alert">
          {problem}
        </p>
      )}
      <Header
        recipe={recipe}
        trans={trans}
        onRun={() => void run()}
        onStop={() => void actions.stop(recipe)}
        onEdit={() => tabs.openForm({ name: recipe.spec.name })}
        onDelete={() => void remove()}
      />
      <Overview
        recipe={recipe}
        sizes={actions.model.workspace?.size.sizes ?? []}
        trans={trans}
      />
      <RunTable
        model={job.runs}
        actions={actions}
        tabs={tabs}
        scroller={scroller}
        shown={job.selected?.id ?? null}
        onOpen={run => job.select(run.id)}
        onDeleted={ids => job.forget(ids)}
      />
    </div>
  );
}
