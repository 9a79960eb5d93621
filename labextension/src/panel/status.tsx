import { GroupItem, TextItem } from '@jupyterlab/statusbar';
import { VDomRenderer } from '@jupyterlab/ui-components';
import * as React from 'react';

import { jobsIcon } from '../icons';
import { JobsModel } from '../model';

/** How many runs are active, in the status bar. */
export class ActiveRuns extends VDomRenderer<JobsModel> {
  constructor(
    model: JobsModel,
    private _onClick: () => void
  ) {
    super(model);
    this.addClass('jp-mod-highlighted');
  }

  protected render(): JSX.Element {
    const { activeRuns, trans } = this.model;
    const queued = activeRuns.filter(run => run.state === 'queued').length;
    const running = activeRuns.length - queued;
    const words = [
      trans._n('%1 run is under way', '%1 runs are under way', running)
    ];
    if (queued) {
      words.push(trans._n('%1 is queued', '%1 are queued', queued));
    }
    this.title.caption = words.join(', ');
    return (
      <GroupItem
        spacing={4}
        className="jp-Deploy-status"
        role="button"
        tabIndex={0}
        aria-label={words.join(', ')}
        onClick={this._onClick}
        onKeyDown={event => {
          if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            this._onClick();
          }
        }}
      >
        <jobsIcon.react stylesheet="statusBar" tag="span" />
        <TextItem source={queued ? `${running} + ${queued}` : `${running}`} />
      </GroupItem>
    );
  }
}
