import { SpecInput } from '../service';
import { IJobSpec, ISpec } from '../tokens';
import { DeploymentInput } from './service';

/** What a job and a deployment have in common, under another name. A frozen copy is made anew:
 * a form that starts from it can't say what changed since. */
function common(spec: ISpec, name: string) {
  const { description, tags, command, instance_type, image } = spec;
  const { working_directory, environment_variables, start_script } = spec;
  const { source, reference, backend } = spec['x-jupyter'];
  return {
    name,
    description,
    tags,
    command,
    instance_type,
    image,
    working_directory,
    environment_variables,
    start_script,
    'x-jupyter': { source, reference, snapshot: null, backend }
  };
}

/** A job that runs what a deployment does. */
export function jobOf(spec: ISpec, name: string): SpecInput {
  // The server knows the rest.
  return common(spec, name) as Partial<IJobSpec> & {
    name: string;
    command: string;
  };
}

/** A deployment that serves what a job runs. */
export function deploymentOf(spec: ISpec, name: string): DeploymentInput {
  return { ...common(spec, name), scale: 1 };
}
