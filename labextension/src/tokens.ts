/** Ids, names and the shapes that travel between the panel and the server. */

export const PLUGIN_ID = 'jupyter-saturn-deploy:plugin';
export const NAMESPACE = 'saturn-deploy';
export const RUN_EVENT =
  'https://schema.jupyter.org/jupyter_saturn_deploy/run/v1';
export const JOB_EVENT =
  'https://schema.jupyter.org/jupyter_saturn_deploy/job/v1';

export namespace CommandIDs {
  export const show = 'saturn-deploy:show';
  export const create = 'saturn-deploy:create-job';
  export const createFromFile = 'saturn-deploy:create-job-from-file';
  export const runFile = 'saturn-deploy:run-file-as-job';
  export const open = 'saturn-deploy:open-job';
  export const start = 'saturn-deploy:start-job';
  export const stop = 'saturn-deploy:stop-job';
  export const edit = 'saturn-deploy:edit-job';
  export const remove = 'saturn-deploy:delete-job';
  export const refresh = 'saturn-deploy:refresh';
}

/** States of a run; `queued starting running retrying stopping` are active. */
export type RunState =
  | 'queued'
  | 'starting'
  | 'running'
  | 'retrying'
  | 'stopping'
  | 'completed'
  | 'error'
  | 'stopped';

/** Saturn's statuses of a resource. */
export type Status =
  'pending' | 'running' | 'stopping' | 'stopped' | 'completed' | 'error';

/** One process tree of a run. Times are ISO 8601 with zone, in UTC. */
export interface IAttempt {
  number: number;
  state: RunState;
  reason: string | null;
  exit_code: number | null;
  signal: number | null;
  started_at: string | null;
  ended_at: string | null;
}

export interface IRun {
  id: string;
  job_id: string;
  job_name: string;
  /** Counts the runs of one job, from 1. */
  number: number;
  project: string;
  backend: string;
  state: RunState;
  reason: string | null;
  /** The state in words: "exit code 1 after 12 s", "queued, 3rd". */
  sentence: string;
  /** One more line on a failure, e.g. the last line of its log. */
  detail: string | null;
  exit_code: number | null;
  signal: number | null;
  /** `manual`. */
  trigger: string;
  by: string;
  command: string;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  /** While retrying: when the next attempt begins. */
  next_attempt_at: string | null;
  /** 1 is next in line; null when not queued. */
  queue_position: number | null;
  /** Of a notebook: code cells that have begun, and all of them. */
  progress: { cell: number; of: number } | null;
  /** Most attempts it may take: retries + 1. */
  max_attempts: number;
  attempts: IAttempt[];
}

/** Saturn's recipe of a job; what Saturn lacks is under `x-jupyter`. */
export interface IJobSpec {
  name: string;
  owner?: string;
  description: string;
  tags: { [key: string]: string };
  command: string;
  instance_type: string;
  /** '' is "this machine", no image. */
  image: string;
  working_directory: string;
  /** null: a value that lists don't show; sent back it means "keep it". */
  environment_variables: { [name: string]: string | null };
  start_script: string;
  retries: number;
  'x-jupyter': {
    /** Seconds for one attempt, null for no limit. */
    timeout: number | null;
    source: 'live' | null;
    backend: string | null;
  };
}

export interface IJobState {
  id: string;
  status: Status;
  'x-jupyter': {
    project: string;
    /** Runs now active (any active state). */
    active_runs: number;
    /** The run that `status` speaks of: an active one before the last ended one. */
    last_run: IRun | null;
    queue_position: number | null;
    next_fire: string | null;
    sentence: string;
    created_at: string;
    updated_at: string;
  };
}

export interface IRecipe {
  schema_version: string;
  type: 'job';
  spec: IJobSpec;
  state: IJobState;
  /** Fields that were accepted and mean nothing here, in words. */
  warnings?: string[];
}

/** A value with the place it was read at and why better places failed. */
export interface ISourced<T> {
  value: T;
  /** "the default kernelspec python3", "this machine's cgroup" … */
  source: string;
  /** "JUPYTER_IMAGE_SPEC is not set" … */
  not_from: string[];
}

export interface ISize {
  name: string;
  /** "this machine: 2 cores – 24 GB". */
  display_name: string;
  cores: number;
  /** "24 GB" */
  memory: string;
  gpu: number;
}

export interface IWorkspace {
  image: ISourced<string> & { display: string };
  environment: ISourced<string> & {
    /** The value is the prefix, an absolute path. */
    display: string;
    packages: number;
    fingerprint: string;
    python: string | null;
  };
  project: ISourced<string> & {
    /** The value is an absolute path. `server_root` is what file browser paths are relative to. */
    server_root: string;
  };
  git: ISourced<{
    branch: string | null;
    commit: string;
  } | null>;
  hardware: ISourced<string> & { display: string };
  /** The value is the name of the default size. */
  size: ISourced<string> & { display: string; sizes: ISize[] };
  backend: ISourced<string> & { display: string };
}

export interface IStatus {
  version: string;
  /** Who acts on wishes; null for a moment while nobody does. */
  engine: { pid: number; kind: 'server' | 'headless'; here: boolean } | null;
  /** Sentences that everybody should see: the store was damaged, can't be written … */
  warnings: string[];
}

/** Errors of the API. */
export interface IProblem {
  message: string;
  errors?: { field: string; message: string; fix: string }[];
}

/** Text frames of the log websocket; binary frames are the log's bytes in order. */
export type LogControl =
  | { type: 'start'; attempt: number; offset: number; size: number }
  /** The next bytes begin at offset + length: the middle was given back. */
  | { type: 'hole'; offset: number; length: number }
  /** The attempt ended and all its bytes were sent. */
  | {
      type: 'end';
      attempt: number;
      offset: number;
      state: RunState;
      attempts: number;
    };
