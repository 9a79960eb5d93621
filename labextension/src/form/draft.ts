import { ISpec, IWorkspace, Source } from '../tokens';

/** A row of a table of names and values; `id` tells rows of equal names apart. */
export interface IPair {
  id: number;
  name: string;
  /** null: kept as it is on the server. */
  value: string | null;
}

/** What was typed of a job or a deployment, valid or not. */
export interface IDraft {
  name: string;
  command: string;
  instance_type: string;
  image: string;
  environment_variables: IPair[];
  start_script: string;
  working_directory: string;
  tags: IPair[];
  description: string;
  /** null: not chosen; the backend's own, here the project as it is. */
  source: Source | null;
  reference: string;
  /** null: to be made when the draft is sent. */
  snapshot: string | null;
  backend: string | null;
}

let rows = 0;

export function pair(name = '', value: string | null = ''): IPair {
  return { id: ++rows, name, value };
}

/** A new one: what the workspace says, under what is known already. Its project was not frozen
 * yet. */
export function newSpec(
  workspace: IWorkspace,
  given: Partial<ISpec> = {}
): ISpec {
  return {
    name: '',
    command: '',
    instance_type: workspace.size.value,
    image: workspace.image.value,
    environment_variables: {},
    start_script: '',
    working_directory: '',
    tags: {},
    description: '',
    ...given,
    'x-jupyter': {
      source: null,
      reference: null,
      backend: null,
      ...given['x-jupyter'],
      snapshot: null
    }
  };
}

/** Of the draft that says what `spec` says: what both kinds have. */
export function draftOf(spec: ISpec): IDraft {
  const pairs = (values: { [name: string]: string | null }) =>
    Object.entries(values).map(([name, value]) => pair(name, value));
  const { source, reference, snapshot, backend } = spec['x-jupyter'];
  return {
    name: spec.name,
    command: spec.command,
    instance_type: spec.instance_type,
    image: spec.image,
    environment_variables: pairs(spec.environment_variables),
    start_script: spec.start_script,
    working_directory: spec.working_directory,
    tags: pairs(spec.tags),
    description: spec.description,
    source,
    reference: reference ?? '',
    snapshot,
    backend
  };
}

/** Of the spec that a draft says: what both kinds have. */
export function specOf(draft: IDraft): ISpec {
  const { source, reference, snapshot } = draft;
  const entries = (pairs: IPair[]) =>
    Object.fromEntries(
      pairs
        .filter(({ name, value }) => name || value)
        .map(({ name, value }) => [name, value])
    );
  return {
    name: draft.name,
    command: draft.command,
    instance_type: draft.instance_type,
    image: draft.image,
    environment_variables: entries(draft.environment_variables),
    start_script: draft.start_script,
    working_directory: draft.working_directory,
    tags: entries(draft.tags) as { [key: string]: string },
    description: draft.description,
    'x-jupyter': {
      source,
      reference: source === 'git' ? reference.trim() : null,
      snapshot: source === 'snapshot' ? snapshot : null,
      backend: draft.backend
    }
  };
}

/** Whether the project has to be frozen before the draft can be sent. */
export function needsSnapshot(draft: IDraft): boolean {
  return draft.source === 'snapshot' && draft.snapshot === null;
}

/** Only what `after` says differently. */
export function changes<S extends ISpec>(before: S, after: S): Partial<S> {
  return Object.fromEntries(
    Object.entries(after).filter(
      ([key, value]) =>
        JSON.stringify(value) !== JSON.stringify(before[key as keyof S])
    )
  ) as Partial<S>;
}

/** What was typed as a number. What is none goes as something that is refused with a sentence. */
export function numberOf(text: string): number {
  const value = Number(text);
  // JSON has no NaN.
  return Number.isFinite(value) ? value : -1;
}
