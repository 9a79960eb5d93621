import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { bytesWords } from '../../bytes';
import { CodeUpdate } from '../../detail/code';
import { Facts } from '../../detail/facts';
import { Fact, moreFacts, specFacts } from '../../detail/spec';
import { codeWords, environmentWords } from '../../detail/used';
import { useNow } from '../../hooks';
import { ago, exact } from '../../time';
import { ICode, IDeployment, IDeploymentSpec, IInstance } from '../../tokens';
import { visible } from '../../visible';
import { DeploymentActions } from '../actions';

/** What the deployment is made of, and what runs of it. */
export function Overview(props: {
  recipe: IDeployment;
  instances: readonly IInstance[];
  actions: DeploymentActions;
}): JSX.Element {
  const { recipe, instances, actions } = props;
  const { trans } = actions;
  const { spec } = recipe;
  const { project, revision } = recipe.state['x-jupyter'];
  const sizes = actions.jobs.model.workspace?.size.sizes ?? [];
  const now = useNow(30_000);
  const used = instances.find(one => one.revision === revision)?.code ?? null;
  return (
    <>
      <AlwaysOn recipe={recipe} trans={trans} />
      {spec['x-jupyter'].source === 'snapshot' && (
        <FrozenCode recipe={recipe} actions={actions} />
      )}
      <Facts
        facts={[
          [trans.__('Revision'), revisionWords(recipe, trans)],
          ...specFacts(spec, project, sizes, trans),
          [trans.__('Instances'), spec.scale],
          ...usedFacts(used, trans),
          ...moreFacts(spec, trans),
          ...historyFacts(recipe, now, trans)
        ]}
      />
    </>
  );
}

/** That it runs on, whoever looks; and what to do with one that was never started. */
function AlwaysOn(props: {
  recipe: IDeployment;
  trans: TranslationBundle;
}): JSX.Element {
  const { recipe, trans } = props;
  return (
    <div className="jp-Deploy-alwaysOn">
      {recipe.state['x-jupyter'].revision === null && (
        <p>
          {trans.__(
            'It was never started. Start it, and once it listens on the port that PORT names it can be opened at the URL above.'
          )}
        </p>
      )}
      <p>
        {trans.__('A deployment runs, and uses resources, until you stop it.')}
      </p>
    </div>
  );
}

/** The frozen copy, with what changed since. */
function FrozenCode(props: {
  recipe: IDeployment;
  actions: DeploymentActions;
}): JSX.Element {
  const { recipe, actions } = props;
  const { service, trans } = actions;
  const { id } = recipe.state;
  const { wanted, updated_at } = recipe.state['x-jupyter'];
  return (
    <CodeUpdate
      code={{
        key: `${id} ${updated_at}`,
        look: () => service.code(id),
        use: async snapshot => {
          const changes = { source: 'snapshot', snapshot };
          await service.update(id, {
            'x-jupyter': changes as IDeploymentSpec['x-jupyter']
          });
          if (wanted) {
            await service.act(id, 'restart');
          }
        },
        label: wanted
          ? trans.__('Update code and restart')
          : trans.__('Update code')
      }}
      service={actions.jobs.service}
      trans={trans}
    />
  );
}

function revisionWords(
  recipe: IDeployment,
  trans: TranslationBundle
): string | null {
  const { revision, wanted, ready } = recipe.state['x-jupyter'];
  if (revision === null) {
    return null;
  }
  if (!wanted) {
    return trans.__('%1, not running', revision);
  }
  return ready
    ? trans.__('%1, in service', revision)
    : trans.__('%1, not ready', revision);
}

/** What an instance of the revision really has. */
function usedFacts(code: ICode | null, trans: TranslationBundle): Fact[] {
  return [
    [trans.__('Code that runs'), code && codeWords(code, trans)],
    [trans.__('Environment'), code && environmentWords(code, trans)]
  ];
}

function historyFacts(
  recipe: IDeployment,
  now: number,
  trans: TranslationBundle
): Fact[] {
  const { opened_at, opened_by, created_at, disk } = recipe.state['x-jupyter'];
  return [
    [
      trans.__('Opened'),
      opened_at && (
        <span title={exact(opened_at)}>
          {opened_by
            ? trans.__(
                '%1 by %2',
                ago(opened_at, now, trans),
                visible(opened_by)
              )
            : ago(opened_at, now, trans)}
        </span>
      )
    ],
    [trans.__('Created'), exact(created_at)],
    [
      trans.__('Kept of its instances'),
      disk === undefined ? null : bytesWords(disk, trans)
    ]
  ];
}
