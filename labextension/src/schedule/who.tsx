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
      <p className="jp-Deploy-hint">{whoWords(engine, trans)}</p>
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

/** Who starts it, and who does with Jupyter closed; unless that is told, a command follows. */
function whoWords(engine: IEngine | null, trans: TranslationBundle): string {
  if (engine === null) {
    return trans.__(
      'Nobody starts it now. This does, with Jupyter closed too:'
    );
  }
  if (engine.kind === 'headless') {
    return trans.__(
      'The engine, process %1, starts it, with Jupyter closed too.',
      engine.pid
    );
  }
  return engine.here
    ? trans.__(
        'This Jupyter server starts it; nobody does once Jupyter is closed, unless this runs:'
      )
    : trans.__(
        'Another Jupyter server, process %1, starts it; nobody does once all are closed, unless this runs:',
        engine.pid
      );
}
