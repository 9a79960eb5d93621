import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { JobActions } from '../actions';
import { useSignal } from '../hooks';
import { runsIcon } from '../icons';
import type { Tabs } from '../tabs';
import { RunsModel } from './model';
import { RunTable } from './table';

/** The runs of all jobs. */
export class RunsTab extends ReactWidget {
  constructor(
    private _actions: JobActions,
    private _tabs: Tabs
  ) {
    super();
    const { trans } = _actions.model;
    this.addClass('jp-Deploy-allRuns');
    this.title.label = trans.__('Runs');
    this.title.caption = trans.__('Runs of all jobs');
    this.title.icon = runsIcon;
    this.model = new RunsModel(_actions.model, false);
    void this.model.refresh();
  }

  readonly model: RunsModel;

  dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected render(): JSX.Element {
    return (
      <AllRuns model={this.model} actions={this._actions} tabs={this._tabs} />
    );
  }
}

function AllRuns(props: {
  model: RunsModel;
  actions: JobActions;
  tabs: Tabs;
}): JSX.Element {
  const { model, actions, tabs } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  useSignal(model.stateChanged);
  return (
    <div className="jp-Deploy-scroller" ref={scroller}>
      {model.problem && (
        <p className="jp-Deploy-notice jp-mod-error" role="alert">
          {model.problem}
        </p>
      )}
      <RunTable
        model={model}
        actions={actions}
        tabs={tabs}
        scroller={scroller}
        shown={null}
        onOpen={run => tabs.openJob(run.job_name, { runId: run.id })}
      />
    </div>
  );
}
