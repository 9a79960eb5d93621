import {
  addIcon,
  caretDownEmptyThinIcon,
  ellipsesIcon,
  FilterBox,
  HTMLSelect,
  MenuSvg,
  UseSignal
} from '@jupyterlab/ui-components';
import { Button } from '@jupyter/react-components';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import * as React from 'react';

import { DeploymentsModel } from '../deployments/model';
import { JobsModel } from '../model';
import { CommandIDs } from '../tokens';
import { Notices } from './notices';

const CREATE = [CommandIDs.create, CommandIDs.createDeployment];
const SELDOM = [CommandIDs.showRecipes, CommandIDs.showTokens];

export interface IHeadProps {
  jobs: JobsModel;
  deployments: DeploymentsModel;
  commands: CommandRegistry;
}

/** What both sections are about: which resources they show, and the way to a new one. */
export function Head(props: IHeadProps): JSX.Element {
  const { jobs, deployments } = props;
  const { trans } = jobs;
  const update = React.useCallback(
    (_: unknown, query = '') => {
      jobs.contains = query;
      deployments.contains = query;
    },
    [jobs, deployments]
  );
  const box = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    // It has a placeholder, and no name.
    const label = trans.__('Filter jobs and deployments');
    box.current?.setAttribute('aria-label', label);
  }, []);
  return (
    <div className="jp-Deploy-head">
      <div className="jp-Deploy-head-line">
        <FilterBox
          inputRef={box}
          placeholder={trans.__('Filter')}
          updateFilter={update}
        />
        <More {...props} />
      </div>
      <div className="jp-Deploy-head-line">
        <UseSignal signal={jobs.stateChanged}>
          {() => (
            <HTMLSelect
              aria-label={trans.__('Which jobs and deployments to show')}
              title={jobs.workspace?.project.value}
              value={jobs.allProjects ? 'all' : 'this'}
              onChange={event => {
                const all = event.target.value === 'all';
                jobs.allProjects = all;
                deployments.allProjects = all;
              }}
            >
              <option value="this">{trans.__('This project')}</option>
              <option value="all">{trans.__('All projects')}</option>
            </HTMLSelect>
          )}
        </UseSignal>
        <New {...props} />
      </div>
      <Notices jobs={jobs} deployments={deployments} />
    </div>
  );
}

/** Offers what can be created. */
function New(props: IHeadProps): JSX.Element {
  const { trans } = props.jobs;
  const { host, isOpen, open } = useMenu(props.commands, CREATE);
  return (
    <span ref={host}>
      <Button
        className="jp-Deploy-button"
        appearance="neutral"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        title={trans.__('Create a job or a deployment')}
        onClick={open}
      >
        <addIcon.react slot="start" tag={null} />
        {trans.__('New')}
        <caretDownEmptyThinIcon.react slot="end" tag={null} />
      </Button>
    </span>
  );
}

/** Offers what is done more seldom. */
function More(props: IHeadProps): JSX.Element {
  const { trans } = props.jobs;
  const { host, isOpen, open } = useMenu(props.commands, SELDOM);
  const label = trans.__('Recipes and access tokens');
  return (
    <span ref={host}>
      <button
        type="button"
        className="jp-Deploy-iconButton"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={label}
        title={label}
        onClick={open}
      >
        <ellipsesIcon.react tag={null} />
      </button>
    </span>
  );
}

/** A menu of commands below the button in `host`. */
function useMenu(commands: CommandRegistry, offered: readonly string[]) {
  const [isOpen, setOpen] = React.useState(false);
  const host = React.useRef<HTMLSpanElement>(null);
  const menu = React.useRef<Menu | null>(null);
  React.useEffect(() => {
    menu.current = new MenuSvg({ commands });
    offered.forEach(command => menu.current?.addItem({ command }));
    menu.current.aboutToClose.connect(() => {
      setOpen(false);
      host.current?.querySelector<HTMLElement>('jp-button, button')?.focus();
    });
    return () => menu.current?.dispose();
  }, [commands]);
  const open = () => {
    const { left, bottom } = host.current!.getBoundingClientRect();
    setOpen(true);
    menu.current?.open(left, bottom);
  };
  return { host, isOpen, open };
}
