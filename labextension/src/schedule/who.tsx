import { Clipboard } from '@jupyterlab/apputils';
import { copyIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IconButton } from '../button';
import { useSignal } from '../hooks';
import { JobsModel } from '../model';
import { IEngine } from '../tokens';

const COMMAND = 'jupyter saturn-deploy engine';

/** Who starts the runs of schedules, and how they go on with Jupyter closed. */
export function WhoFires(props: { jobs: JobsModel }): JSX.Element | null {
  const { jobs } = props;
  const { engine, trans } = jobs;
  useSignal(jobs.stateChanged);
  const [copied, setCopied] = React.useState(false);
  if (engine === undefined) {
    return null;
  }
  const outlives = engine?.kind === 'headless';
  return (
    <div className="jp-Deploy-who">
      <p className="jp-Deploy-hint">
        {trans.__('Started by %1.', whoWords(engine, trans))}{' '}
        {outlives
          ? trans.__('It goes on when Jupyter is closed.')
          : trans.__('With Jupyter closed nobody starts it, unless this runs:')}
      </p>
      {!outlives && (
        <p className="jp-Deploy-hint jp-Deploy-command">
          <code>{COMMAND}</code>
          <IconButton
            icon={copyIcon}
            label={trans.__('Copy the command')}
            onClick={() => {
              Clipboard.copyToSystem(COMMAND);
              setCopied(true);
            }}
          />
          <span role="status">{copied && trans.__('Copied.')}</span>
          <span>{trans.__('As a service: docs/engine.md')}</span>
        </p>
      )}
      {jobs.isCulled && !outlives && (
        <div className="jp-Deploy-notice jp-mod-warning">
          {trans.__(
            'JupyterHub may end this server when nobody uses it, and what was started in it. Its schedules stop then, until it is started again: what was due meanwhile is missed, or starts late.'
          )}
        </div>
      )}
    </div>
  );
}

/** "this Jupyter server", "the engine, process 4711", "nobody now". */
function whoWords(engine: IEngine | null, trans: TranslationBundle): string {
  if (engine === null) {
    return trans.__('nobody now');
  }
  if (engine.kind === 'headless') {
    return trans.__('the engine, process %1', engine.pid);
  }
  return engine.here
    ? trans.__('this Jupyter server')
    : trans.__('another Jupyter server, process %1', engine.pid);
}
