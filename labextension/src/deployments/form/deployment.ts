import { draftOf, IDraft, numberOf, specOf } from '../../form/draft';
import { IKind } from '../../form/kind';
import { IDeployment, IDeploymentSpec, ISpec } from '../../tokens';
import { DeploymentActions } from '../actions';

/** What was typed of a deployment. */
export interface IDeploymentDraft extends IDraft {
  scale: string;
}

export function deployments(
  actions: DeploymentActions
): IKind<IDeployment, IDeploymentDraft> {
  const { service } = actions;
  return {
    name: 'deployment',
    blank,
    draftOf: deploymentDraftOf,
    specOf: deploymentSpecOf,
    recipe: name => service.recipe(name),
    freeName: name => actions.freeName(name),
    create: spec => service.create(spec),
    update: (id, spec) => service.update(id, spec),
    check: (spec, signal) => service.check(spec, signal)
  };
}

/** Frozen unless something else was chosen: it can be rolled back then. */
function blank(spec: ISpec): IDeploymentSpec {
  const own = spec['x-jupyter'];
  return {
    ...spec,
    scale: 1,
    'x-jupyter': { ...own, source: own.source ?? 'snapshot' }
  };
}

export function deploymentDraftOf(spec: IDeploymentSpec): IDeploymentDraft {
  return { ...draftOf(spec), scale: String(spec.scale) };
}

export function deploymentSpecOf(draft: IDeploymentDraft): IDeploymentSpec {
  return { ...specOf(draft), scale: numberOf(draft.scale) };
}
