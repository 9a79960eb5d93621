import { HTMLSelect } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useSignal } from '../../hooks';
import { isActive, stateWord } from '../../states';
import { IInstance } from '../../tokens';
import { DeploymentModel } from './model';
import { instanceName, instanceState } from './words';

/** Value that stands for all. */
const ALL = '';

/** Chooses the instance whose log is shown, of those that run and of those before them. */
export function InstanceSwitch(props: {
  deployment: DeploymentModel;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { deployment, trans } = props;
  useSignal(deployment.stateChanged);
  const { instances, selected, showsAll } = deployment;
  if (!selected) {
    return null;
  }
  const options = (some: readonly IInstance[]) =>
    some.map(instance => (
      <option key={instance.id} value={instance.id}>
        {trans.__(
          '%1 (%2)',
          instanceName(instance, trans),
          stateWord(instanceState(instance), trans)
        )}
      </option>
    ));
  const living = instances.filter(({ state }) => isActive(state));
  const ended = instances.filter(({ state }) => !isActive(state));
  return (
    <HTMLSelect
      className="jp-Deploy-attempts"
      aria-label={trans.__('Instance')}
      value={showsAll ? ALL : selected.id}
      onChange={({ target: { value } }) =>
        value === ALL ? deployment.showAll() : deployment.select(value)
      }
    >
      {(showsAll || living.length > 1) && (
        <option value={ALL}>{trans.__('All instances that run')}</option>
      )}
      {options(living)}
      {ended.length > 0 && (
        <optgroup label={trans.__('Previous')}>{options(ended)}</optgroup>
      )}
    </HTMLSelect>
  );
}
