import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';

import { MetricsPicture, useMetrics } from '../../detail/metrics';
import { isActive, stateWord } from '../../states';
import { IInstance } from '../../tokens';
import { DeploymentActions } from '../actions';
import { sumOf } from './sum';
import { instanceName, instanceState } from './words';

/** What the instances take of processors and memory, over time: all that run, or one. */
export function Metrics(props: {
  instances: readonly IInstance[];
  actions: DeploymentActions;
}): JSX.Element {
  const { actions } = props;
  const { trans } = actions;
  const measured = props.instances.filter(one => one.started_at !== null);
  const living = measured.filter(({ state }) => isActive(state));
  const [chosen, choose] = React.useState('');
  const one = measured.find(({ id }) => id === chosen);
  const shown = one ? [one] : living;
  return (
    <section className="jp-Deploy-metrics">
      <div className="jp-Deploy-metrics-bar">
        <h3>{trans.__('Processors and memory')}</h3>
        {measured.length > 0 && (
          <HTMLSelect
            aria-label={trans.__('Instance')}
            value={one?.id ?? ''}
            onChange={event => choose(event.target.value)}
          >
            <option value="">
              {trans._n(
                'The instance that runs',
                'All %1 instances that run',
                living.length
              )}
            </option>
            {measured.map(instance => (
              <option key={instance.id} value={instance.id}>
                {trans.__(
                  '%1 (%2)',
                  instanceName(instance, trans),
                  stateWord(instanceState(instance), trans)
                )}
              </option>
            ))}
          </HTMLSelect>
        )}
      </div>
      {shown.length === 0 ? (
        <p role="status">
          {measured.length
            ? trans.__('No instance runs. Choose one that did.')
            : trans.__('No instance has run yet.')}
        </p>
      ) : (
        <Picture instances={shown} actions={actions} />
      )}
    </section>
  );
}

/** One or more instances, as if they were one. */
function Picture(props: {
  instances: readonly IInstance[];
  actions: DeploymentActions;
}): JSX.Element {
  const { instances, actions } = props;
  const { trans } = actions;
  const active = instances.some(({ state }) => isActive(state));
  const { metrics, problem } = useMetrics(
    instances.map(({ id, attempt }) => `${id} ${attempt}`).join(),
    async () => {
      const { service } = actions.jobs;
      const found = await Promise.all(
        instances.map(({ id, attempt }) => service.metrics(id, attempt))
      );
      return found.length === 1 ? found[0] : sumOf(found);
    },
    active,
    trans
  );
  return <MetricsPicture {...{ metrics, problem, active, trans }} />;
}
