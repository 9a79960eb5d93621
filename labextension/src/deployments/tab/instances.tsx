import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useNow } from '../../hooks';
import { isActive } from '../../states';
import { IInstance } from '../../tokens';
import { DeploymentActions } from '../actions';
import { IInstanceActions, InstanceRow } from './instance';
import { useRowKeys } from './keys';
import { useUsage } from './usage';

/** Columns of the table. */
const COLUMNS = 10;

/** The instances that run, then those before them. */
export function Instances(props: {
  instances: readonly IInstance[];
  /** The one whose log is shown. */
  shown: string | null;
  actions: DeploymentActions;
  onSelect(instance: IInstance): void;
  onLog(instance: IInstance): void;
}): JSX.Element {
  const { instances, actions, shown } = props;
  const { trans } = actions;
  const usage = useUsage(instances, actions.jobs.service);
  const keys = instances.map(({ id }) => id);
  const { handlers, tabStop } = useRowKeys(keys);
  const living = instances.filter(({ state }) => isActive(state));
  const ended = instances.filter(({ state }) => !isActive(state));
  const now = useNow(living.length ? 1000 : 30_000);
  const acts: IInstanceActions = {
    select: props.onSelect,
    log: props.onLog,
    replace: instance => void actions.replace(instance)
  };
  const row = (instance: IInstance) => (
    <InstanceRow
      key={instance.id}
      instance={instance}
      usage={usage.of(instance)}
      actions={acts}
      columns={COLUMNS}
      now={now}
      isShown={instance.id === shown}
      tabbable={instance.id === tabStop}
      trans={trans}
    />
  );
  return (
    <section className="jp-Deploy-instances">
      <table role="grid" aria-label={trans.__('Instances')} {...handlers}>
        <Head trans={trans} />
        <tbody>
          {living.map(row)}
          {living.length === 0 && (
            <tr className="jp-mod-note">
              <td colSpan={COLUMNS}>
                {ended.length
                  ? trans.__('No instance runs.')
                  : trans.__('No instance runs: start the deployment.')}
              </td>
            </tr>
          )}
        </tbody>
        {ended.length > 0 && (
          <tbody className="jp-mod-ended">
            <tr>
              <th colSpan={COLUMNS} scope="rowgroup">
                {trans.__('Previous')}
              </th>
            </tr>
            {ended.map(row)}
          </tbody>
        )}
      </table>
    </section>
  );
}

function Head(props: { trans: TranslationBundle }): JSX.Element {
  const { trans } = props;
  return (
    <thead>
      <tr>
        <th className="jp-mod-number">{trans.__('Instance')}</th>
        <th>{trans.__('State')}</th>
        <th className="jp-mod-revision">{trans.__('Revision')}</th>
        <th className="jp-mod-restarts">{trans.__('Restarts')}</th>
        <th className="jp-mod-for">{trans.__('Running for')}</th>
        <th className="jp-mod-port">{trans.__('Port')}</th>
        <th className="jp-mod-cpu" title={trans.__('Cores in use')}>
          {trans.__('CPU')}
        </th>
        <th className="jp-mod-memory">{trans.__('Memory')}</th>
        <th className="jp-mod-exit">{trans.__('Last exit')}</th>
        <th className="jp-mod-actions" aria-label={trans.__('Actions')} />
      </tr>
    </thead>
  );
}
