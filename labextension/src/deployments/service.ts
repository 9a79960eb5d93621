import { Http, Page, Query } from '../http';
import {
  IDeployment,
  IDeploymentSpec,
  IDoubt,
  IFrameworks,
  IInstance,
  IJobCode,
  IRehearsal,
  IRevision
} from '../tokens';

/** What a deployment's spec may leave out when it is sent: the server knows the rest. */
export type DeploymentInput = Partial<IDeploymentSpec> & {
  name: string;
  command: string;
};

/** The HTTP interface of deployments, one method a route. */
export class DeploymentService extends Http {
  /** Without the values of their environment variables. */
  recipes(
    query: Query,
    signal?: AbortSignal
  ): Promise<Page<'recipes', IDeployment>> {
    const all = { type: 'deployment', ...query };
    return this.json('api/recipes', { query: all, signal });
  }

  /** One deployment with all values. */
  recipe(name: string): Promise<IDeployment> {
    return this.json(`api/recipes/deployment/${encodeURIComponent(name)}`);
  }

  /** One deployment as YAML; values of environment variables only when asked for. */
  async recipeText(name: string, values: boolean): Promise<string> {
    const path = `api/recipes/deployment/${encodeURIComponent(name)}`;
    const query = { format: 'yaml', values: `${values}` };
    return (await this.request(path, { query })).text();
  }

  /** What of a deployment would probably fail; nothing of it is run. */
  check(
    spec: DeploymentInput,
    signal?: AbortSignal
  ): Promise<{ problems: IDoubt[] }> {
    const body = { type: 'deployment', spec };
    return this.json('api/recipes/check', { method: 'POST', body, signal });
  }

  create(spec: DeploymentInput): Promise<IDeployment> {
    return this.json('api/recipes', {
      method: 'POST',
      query: { enforce_unknown: 'true' },
      body: { type: 'deployment', spec }
    });
  }

  /** What runs goes on as it is until the next restart. */
  update(id: string, spec: Partial<IDeploymentSpec>): Promise<IDeployment> {
    return this.json(`api/deployments/${id}`, {
      method: 'PATCH',
      body: { spec }
    });
  }

  /** Of a running one, `restart` puts it as it is now in service, instance by instance. */
  act(id: string, action: 'start' | 'stop' | 'restart'): Promise<IDeployment> {
    return this.json(`api/deployments/${id}/${action}`, { method: 'POST' });
  }

  rollback(id: string, revision: number): Promise<IDeployment> {
    return this.json(`api/deployments/${id}/rollback`, {
      method: 'POST',
      body: { revision }
    });
  }

  remove(id: string): Promise<unknown> {
    return this.json(`api/deployments/${id}`, { method: 'DELETE' });
  }

  /** Those that have not ended, then the latest that have. */
  instances(id: string): Promise<{ instances: IInstance[] }> {
    return this.json(`api/deployments/${id}/instances`);
  }

  /** What was in service, newest first. */
  revisions(id: string, query: Query): Promise<Page<'revisions', IRevision>> {
    return this.json(`api/deployments/${id}/revisions`, { query });
  }

  /** Which code the next restart brings, and what changed in the project since it was frozen. */
  code(id: string): Promise<IJobCode> {
    return this.json(`api/deployments/${id}/code`);
  }

  /** Applies the fix that the advice on an instance offers; it needs a restart then. */
  fix(instanceId: string): Promise<IDeployment> {
    return this.json(`api/runs/${instanceId}/fix`, { method: 'POST' });
  }

  /** Ends one instance; another one takes its place. */
  replace(instanceId: string): Promise<unknown> {
    return this.json(`api/runs/${instanceId}/stop`, { method: 'POST' });
  }

  /** How a file of the project is served; without one, commands to begin with. */
  frameworks(path?: string): Promise<IFrameworks> {
    return this.json('api/frameworks', { query: { path } });
  }

  /** Tries a deployment out. */
  rehearse(spec: DeploymentInput): Promise<IRehearsal> {
    return this.json('api/rehearsals', {
      method: 'POST',
      body: { type: 'deployment', spec }
    });
  }

  rehearsal(id: string): Promise<IRehearsal> {
    return this.json(`api/rehearsals/${id}`);
  }

  endRehearsal(id: string): Promise<IRehearsal> {
    return this.json(`api/rehearsals/${id}`, { method: 'DELETE' });
  }
}
