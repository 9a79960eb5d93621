import {
  deleteIcon,
  editIcon,
  LabIcon,
  listIcon,
  refreshIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IAdvised } from '../advice';
import { IconButton } from '../button';
import { openIcon } from '../icons';
import { Advice, Failure, SmallButton } from '../panel/failure';
import { Frame } from '../panel/frame';
import { IPlace } from '../panel/listing';
import { serviceState } from '../states';
import { ago, exact } from '../time';
import { IDeployment } from '../tokens';
import { standingWords } from './words';

export interface IRowActions {
  /** Shows it, its log. */
  show(deployment: IDeployment): void;
  showLog(deployment: IDeployment): void;
  /** Opens the app. */
  open(deployment: IDeployment): void;
  start(deployment: IDeployment): void;
  stop(deployment: IDeployment): void;
  restart(deployment: IDeployment): void;
  edit(deployment: IDeployment): void;
  remove(deployment: IDeployment): void;
  fix(deployment: IDeployment, of: IAdvised): void;
  isFixed(of: IAdvised): boolean;
}

export interface IRowProps extends IPlace {
  deployment: IDeployment;
  actions: IRowActions;
  /** Name the project, where rows of several are shown. */
  showProject: boolean;
  now: number;
  trans: TranslationBundle;
}

/** One deployment: how it is, who uses it, and what to do about it. */
export function Row(props: IRowProps): JSX.Element {
  const { deployment, actions, tabbable, trans } = props;
  const { wanted, ready, revision } = deployment.state['x-jupyter'];
  const button = (
    icon: LabIcon,
    label: string,
    act: (deployment: IDeployment) => void
  ) => (
    <IconButton
      {...{ icon, label, tabbable }}
      onClick={() => act(deployment)}
    />
  );
  const open = button(openIcon, trans.__('Open the app'), actions.open);
  const start = button(runIcon, trans.__('Start'), actions.start);
  const stop = button(stopIcon, trans.__('Stop'), actions.stop);
  const [main, act] = !wanted
    ? [start, actions.start]
    : ready
      ? [open, actions.open]
      : [stop, actions.stop];
  return (
    <Frame
      {...props}
      id={deployment.state.id}
      name={deployment.spec.name}
      kind="deployment"
      state={serviceState(deployment)}
      when={<When {...props} />}
      more={
        <>
          {revision !== null &&
            button(listIcon, trans.__('Log'), actions.showLog)}
          {wanted && button(refreshIcon, trans.__('Restart'), actions.restart)}
          {main === open && stop}
          {button(editIcon, trans.__('Edit'), actions.edit)}
          {button(deleteIcon, trans.__('Delete…'), actions.remove)}
        </>
      }
      main={main}
      onOpen={() => actions.show(deployment)}
      onMain={() => act(deployment)}
      onRemove={() => actions.remove(deployment)}
    >
      <Second {...props} />
    </Frame>
  );
}

function When(props: IRowProps): JSX.Element {
  const { deployment, now, trans } = props;
  const { sentence } = deployment.state['x-jupyter'];
  return (
    <span
      className="jp-Deploy-row-when"
      title={`${sentence}\n${deployment.state.url}`}
    >
      {standingWords(deployment, now, trans)}
    </span>
  );
}

/** Who opened it last, or its command; what went wrong, and what waits for a restart. */
function Second(props: IRowProps): JSX.Element {
  const { deployment, actions, tabbable, trans } = props;
  const { sentence, needs_restart, project, advice, advice_run, instances } =
    deployment.state['x-jupyter'];
  const failing = instances.find(({ state }) => state === 'retrying');
  const fixes = {
    fix: (of: IAdvised) => actions.fix(deployment, of),
    isFixed: actions.isFixed
  };
  return (
    <>
      {serviceState(deployment) === 'failing' ? (
        <Failure
          sentence={sentence}
          trans={trans}
          tabbable={tabbable}
          onLog={() => actions.showLog(deployment)}
        />
      ) : (
        <Use {...props} />
      )}
      <Advice
        of={{ id: advice_run ?? '', advice }}
        detail={failing?.detail ?? null}
        fixes={fixes}
        trans={trans}
        tabbable={tabbable}
      />
      {needs_restart && (
        <div className="jp-Deploy-row-do">
          <span
            className="jp-Deploy-badge"
            title={trans.__('It was edited, and runs as before until then.')}
          >
            {trans.__('needs restart')}
          </span>
          <SmallButton
            label={trans.__('Restart')}
            tabbable={tabbable}
            onClick={() => actions.restart(deployment)}
          />
        </div>
      )}
      {props.showProject && (
        <div className="jp-Deploy-row-second" title={project}>
          {trans.__('in %1', project)}
        </div>
      )}
    </>
  );
}

function Use(props: IRowProps): JSX.Element {
  const { deployment, now, trans } = props;
  const { wanted, opened_at, opened_by } = deployment.state['x-jupyter'];
  if (wanted && opened_at !== null) {
    const when = ago(opened_at, now, trans);
    return (
      <div className="jp-Deploy-row-second" title={exact(opened_at)}>
        {opened_by
          ? trans.__('opened %1 by %2', when, opened_by)
          : trans.__('opened %1', when)}
      </div>
    );
  }
  const { command } = deployment.spec;
  return (
    <div className="jp-Deploy-row-second" title={command}>
      <code>{command}</code>
    </div>
  );
}
