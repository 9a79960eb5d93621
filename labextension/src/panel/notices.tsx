import { Button } from '@jupyter/react-components';
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { IconButton } from '../button';
import { DeploymentsModel } from '../deployments/model';
import { useSignal } from '../hooks';
import { JobsModel } from '../model';

/** What is wrong on the server's side, above everything else. */
export function Notices(props: {
  jobs: JobsModel;
  deployments: DeploymentsModel;
}): JSX.Element {
  const { jobs, deployments } = props;
  const { trans } = jobs;
  useSignal(jobs.stateChanged);
  useSignal(deployments.stateChanged);
  const [read, setRead] = React.useState<readonly string[]>([]);
  // One server serves both: what is wrong with it is said once.
  const problem = jobs.problem ?? deployments.problem;
  const warnings = jobs.warnings.filter(
    warning => warning !== problem && !read.includes(warning)
  );
  return (
    <>
      {warnings.map(warning => (
        <div key={warning} className="jp-Deploy-notice jp-mod-warning">
          <IconButton
            icon={closeIcon}
            label={trans.__('Dismiss')}
            onClick={() => setRead([...read, warning])}
          />
          <p>{warning}</p>
        </div>
      ))}
      {problem && (
        <div className="jp-Deploy-notice jp-mod-error" role="alert">
          <p>{problem}</p>
          <Button
            className="jp-Deploy-button"
            appearance="outline"
            onClick={() => {
              void jobs.refresh();
              void deployments.refresh();
            }}
          >
            {trans.__('Try again')}
          </Button>
        </div>
      )}
    </>
  );
}
