import { SpecInput } from '../service';
import { IJobSpec, IProblem, IWorkspace, Policy, Source } from '../tokens';

/** A row of a table of names and values; `id` tells rows of equal names apart. */
export interface IPair {
  id: number;
  name: string;
  /** null: kept as it is on the server. */
  value: string | null;
}

/** What was typed, valid or not. */
export interface IDraft {
  name: string;
  command: string;
  instance_type: string;
  image: string;
  retries: string;
  /** A number of `timeoutUnit`s, or empty for no limit. */
  timeout: string;
  /** Seconds. */
  timeoutUnit: number;
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
  /** null: run by hand only. */
  schedule: string | null;
  concurrency_policy: Policy;
  time_zone: string;
  /** A number of `starting_deadlineUnit`s, or empty for none. */
  starting_deadline: string;
  /** Seconds. */
  starting_deadlineUnit: number;
  suspended: boolean;
}

/** Sentences by the field they are about, e.g. `spec.name`. */
export type FieldErrors = { [field: string]: string };

/** Fields under "Advanced": an error in one opens it. */
export const ADVANCED = [
  'spec.environment_variables',
  'spec.start_script',
  'spec.working_directory',
  'spec.tags',
  'spec.description',
  'spec.x-jupyter.starting_deadline'
];

let rows = 0;

export function pair(name = '', value: string | null = ''): IPair {
  return { id: ++rows, name, value };
}

/** The draft of a new job: what the workspace says, under what is known already. */
export function newDraft(workspace: IWorkspace, spec?: SpecInput): IDraft {
  return draftOf({
    name: '',
    command: '',
    instance_type: workspace.size.value,
    image: workspace.image.value,
    retries: 0,
    environment_variables: {},
    start_script: '',
    working_directory: '',
    tags: {},
    description: '',
    schedule: null,
    concurrency_policy: 'Allow',
    'x-jupyter': {
      time_zone: 'UTC',
      starting_deadline: 300,
      suspended: false,
      timeout: null,
      source: null,
      reference: null,
      snapshot: null,
      backend: null
    },
    ...spec
  });
}

/** The draft that says what `spec` says. */
export function draftOf(spec: IJobSpec): IDraft {
  const [timeout, timeoutUnit] = inUnits(spec['x-jupyter'].timeout, [3600, 60]);
  const [starting_deadline, starting_deadlineUnit] = inUnits(
    spec['x-jupyter'].starting_deadline,
    [60]
  );
  const pairs = (values: { [name: string]: string | null }) =>
    Object.entries(values).map(([name, value]) => pair(name, value));
  return {
    name: spec.name,
    command: spec.command,
    instance_type: spec.instance_type,
    image: spec.image,
    retries: String(spec.retries),
    timeout,
    timeoutUnit,
    environment_variables: pairs(spec.environment_variables),
    start_script: spec.start_script,
    working_directory: spec.working_directory,
    tags: pairs(spec.tags),
    description: spec.description,
    schedule: spec.schedule,
    concurrency_policy: spec.concurrency_policy,
    time_zone: spec['x-jupyter'].time_zone,
    starting_deadline,
    starting_deadlineUnit,
    suspended: spec['x-jupyter'].suspended,
    source: spec['x-jupyter'].source,
    reference: spec['x-jupyter'].reference ?? '',
    snapshot: spec['x-jupyter'].snapshot,
    backend: spec['x-jupyter'].backend
  };
}

/** The spec that a draft says. Numbers that are none go as they are: the server says so. */
export function specOf(draft: IDraft): SpecInput {
  const {
    timeout,
    timeoutUnit,
    retries,
    environment_variables,
    tags,
    schedule,
    time_zone,
    starting_deadline,
    starting_deadlineUnit,
    suspended,
    source,
    reference,
    snapshot,
    backend,
    ...rest
  } = draft;
  const entries = (pairs: IPair[]) =>
    Object.fromEntries(
      pairs
        .filter(({ name, value }) => name || value)
        .map(({ name, value }) => [name, value])
    );
  return {
    ...rest,
    retries: number(retries || '0'),
    environment_variables: entries(environment_variables),
    tags: entries(tags) as { [key: string]: string },
    schedule: schedule && schedule.trim(),
    'x-jupyter': {
      time_zone: time_zone.trim(),
      starting_deadline: ofUnits(starting_deadline, starting_deadlineUnit),
      suspended,
      timeout: ofUnits(timeout, timeoutUnit),
      source,
      reference: source === 'git' ? reference.trim() : null,
      snapshot: source === 'snapshot' ? snapshot : null,
      backend
    }
  };
}

/** Whether the project has to be frozen before the draft can be sent. */
export function needsSnapshot(draft: IDraft): boolean {
  return draft.source === 'snapshot' && draft.snapshot === null;
}

/** The spec with the snapshot that was made for it. */
export function withSnapshot(spec: SpecInput, snapshot: string): SpecInput {
  return { ...spec, 'x-jupyter': { ...spec['x-jupyter']!, snapshot } };
}

/** Only what `after` says differently. */
export function changes(
  before: SpecInput,
  after: SpecInput
): Partial<IJobSpec> {
  return Object.fromEntries(
    Object.entries(after).filter(
      ([key, value]) =>
        JSON.stringify(value) !== JSON.stringify(before[key as keyof IJobSpec])
    )
  );
}

/** Names that stand in a table twice: an object could hold only one of them. */
export function duplicates(field: string, pairs: IPair[]): string[] {
  const names = pairs.map(({ name }) => name).filter(Boolean);
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map(
    name => `${field}.${name}`
  );
}

/** The server's errors by field; those about no field of the form are under ''. */
export function fieldErrors(problem: IProblem): FieldErrors {
  const errors: FieldErrors = {};
  for (const { field, message, fix } of problem.errors ?? []) {
    const words = fix ? `${message} – ${fix}` : message;
    const known = /^spec\./.test(field) ? field : '';
    errors[known] = errors[known] ? `${errors[known]}\n${words}` : words;
  }
  if (!Object.keys(errors).length) {
    errors[''] = problem.message;
  }
  return errors;
}

/** Seconds as a number of the largest of these units that divides them, and that unit. */
function inUnits(seconds: number | null, units: number[]): [string, number] {
  if (seconds === null) {
    return ['', 60];
  }
  const unit = units.find(each => seconds % each === 0) ?? 1;
  return [String(seconds / unit), unit];
}

function ofUnits(text: string, unit: number): number | null {
  return text.trim() === '' ? null : number(text) * unit;
}

function number(text: string): number {
  const value = Number(text);
  // JSON has no NaN: -1 is as wrong, and is refused with a sentence.
  return Number.isFinite(value) ? value : -1;
}
