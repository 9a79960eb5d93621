import {
  addIcon,
  FilterBox,
  HTMLSelect,
  PanelWithToolbar,
  ReactWidget,
  refreshIcon,
  SidePanel,
  ToolbarButton,
  UseSignal
} from '@jupyterlab/ui-components';
import { ITranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { ActionButton } from '../button';
import { jobsIcon, runsIcon } from '../icons';
import { Many } from '../many';
import { JobsModel } from '../model';
import { IListActions, JobList } from './list';

export interface ISidebarActions extends IListActions {
  showRuns(): void;
}

/** The sidebar: what is running, what failed, and the way to start or stop it. */
export class Sidebar extends SidePanel {
  constructor(options: Sidebar.IOptions) {
    const { model, actions, translator } = options;
    super({ translator });
    const { trans } = model;
    this.id = 'saturn-deploy-sidebar';
    this.addClass('jp-Deploy-sidebar');
    this.title.icon = jobsIcon;
    this.title.caption = trans.__('Jobs');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Jobs'));

    const list = new JobList(model, actions, options.many);
    this.header.addWidget(
      ReactWidget.create(<Head model={model} actions={actions} />)
    );

    const section = new PanelWithToolbar();
    section.addClass('jp-Deploy-section');
    section.title.label = trans.__('Jobs');
    section.toolbar.addItem(
      'runs',
      new ToolbarButton({
        icon: runsIcon,
        tooltip: trans.__('Runs of all jobs'),
        onClick: () => options.actions.showRuns()
      })
    );
    section.toolbar.addItem(
      'refresh',
      new ToolbarButton({
        icon: refreshIcon,
        tooltip: trans.__('Refresh'),
        onClick: () => void model.refresh()
      })
    );
    section.addWidget(list);
    this.addWidget(section);
    model.stateChanged.connect(() => {
      const { length } = model.recipes;
      section.title.label = length
        ? trans.__('Jobs (%1)', `${length}${model.hasMore ? '+' : ''}`)
        : trans.__('Jobs');
    });
  }
}

export namespace Sidebar {
  export interface IOptions {
    model: JobsModel;
    actions: ISidebarActions;
    many: Many;
    translator: ITranslator;
  }
}

function Head(props: {
  model: JobsModel;
  actions: ISidebarActions;
}): JSX.Element {
  const { model, actions } = props;
  const { trans } = model;
  const update = React.useCallback(
    (_: unknown, query?: string) => {
      model.contains = query ?? '';
    },
    [model]
  );
  const box = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    // It has a placeholder, and no name.
    box.current?.setAttribute('aria-label', trans.__('Filter jobs'));
  }, []);
  return (
    <div className="jp-Deploy-head">
      <FilterBox
        inputRef={box}
        placeholder={trans.__('Filter jobs')}
        updateFilter={update}
      />
      <div className="jp-Deploy-head-line">
        <UseSignal signal={model.stateChanged}>
          {() => (
            <HTMLSelect
              aria-label={trans.__('Which jobs to show')}
              title={model.workspace?.project.value}
              value={model.allProjects ? 'all' : 'this'}
              onChange={event => {
                model.allProjects = event.target.value === 'all';
              }}
            >
              <option value="this">{trans.__('This project')}</option>
              <option value="all">{trans.__('All projects')}</option>
            </HTMLSelect>
          )}
        </UseSignal>
        <ActionButton
          icon={addIcon}
          label={trans.__('New')}
          title={trans.__('Create a job')}
          onClick={() => actions.create()}
        />
      </div>
    </div>
  );
}
