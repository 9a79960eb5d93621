import { JobActions } from '../actions';
import { IJobSpec, IRecipe, ISpec, Policy } from '../tokens';
import { draftOf, IDraft, numberOf, specOf } from './draft';
import { IKind } from './kind';

/** What was typed of a job. */
export interface IJobDraft extends IDraft {
  retries: string;
  /** A number of `timeoutUnit`s, or empty for no limit. */
  timeout: string;
  /** Seconds. */
  timeoutUnit: number;
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

export function jobs(actions: JobActions): IKind<IRecipe, IJobDraft> {
  const { service } = actions;
  return {
    name: 'job',
    blank,
    draftOf: jobDraftOf,
    specOf: jobSpecOf,
    recipe: name => service.recipe(name),
    freeName: name => actions.freeName(name),
    create: spec => service.create(spec),
    update: (id, spec) => service.update(id, spec),
    check: (spec, signal) => service.check(spec, signal)
  };
}

function blank(spec: ISpec): IJobSpec {
  return {
    ...spec,
    retries: 0,
    schedule: null,
    concurrency_policy: 'Allow',
    'x-jupyter': {
      ...spec['x-jupyter'],
      time_zone: 'UTC',
      starting_deadline: 300,
      suspended: false,
      timeout: null
    }
  };
}

export function jobDraftOf(spec: IJobSpec): IJobDraft {
  const own = spec['x-jupyter'];
  const [timeout, timeoutUnit] = inUnits(own.timeout, [3600, 60]);
  const [starting_deadline, starting_deadlineUnit] = inUnits(
    own.starting_deadline,
    [60]
  );
  return {
    ...draftOf(spec),
    retries: String(spec.retries),
    timeout,
    timeoutUnit,
    schedule: spec.schedule,
    concurrency_policy: spec.concurrency_policy,
    time_zone: own.time_zone,
    starting_deadline,
    starting_deadlineUnit,
    suspended: own.suspended
  };
}

export function jobSpecOf(draft: IJobDraft): IJobSpec {
  const spec = specOf(draft);
  return {
    ...spec,
    retries: numberOf(draft.retries || '0'),
    schedule: draft.schedule && draft.schedule.trim(),
    concurrency_policy: draft.concurrency_policy,
    'x-jupyter': {
      ...spec['x-jupyter'],
      time_zone: draft.time_zone.trim(),
      starting_deadline: ofUnits(
        draft.starting_deadline,
        draft.starting_deadlineUnit
      ),
      suspended: draft.suspended,
      timeout: ofUnits(draft.timeout, draft.timeoutUnit)
    }
  };
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
  return text.trim() === '' ? null : numberOf(text) * unit;
}
