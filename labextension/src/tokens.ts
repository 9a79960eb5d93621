/** Ids, names and the shapes that travel between the panel and the server. */

export const PLUGIN_ID = 'jupyter-saturn-deploy:plugin';
export const NAMESPACE = 'saturn-deploy';
export const RUN_EVENT =
  'https://schema.jupyter.org/jupyter_saturn_deploy/run/v1';
export const JOB_EVENT =
  'https://schema.jupyter.org/jupyter_saturn_deploy/job/v1';
export const INSTANCE_EVENT =
  'https://schema.jupyter.org/jupyter_saturn_deploy/instance/v1';
export const DEPLOYMENT_EVENT =
  'https://schema.jupyter.org/jupyter_saturn_deploy/deployment/v1';

export namespace CommandIDs {
  export const show = 'saturn-deploy:show';
  export const showRuns = 'saturn-deploy:show-runs';
  export const create = 'saturn-deploy:create-job';
  export const createFromFile = 'saturn-deploy:create-job-from-file';
  export const runFile = 'saturn-deploy:run-file-as-job';
  export const open = 'saturn-deploy:open-job';
  export const start = 'saturn-deploy:start-job';
  export const stop = 'saturn-deploy:stop-job';
  export const edit = 'saturn-deploy:edit-job';
  export const schedule = 'saturn-deploy:schedule-job';
  export const unschedule = 'saturn-deploy:unschedule-job';
  export const duplicate = 'saturn-deploy:duplicate-job';
  export const remove = 'saturn-deploy:delete-job';
  export const makeDeployment = 'saturn-deploy:make-job-a-deployment';
  export const createDeployment = 'saturn-deploy:create-deployment';
  export const deployFile = 'saturn-deploy:deploy-file-as-app';
  export const openDeployment = 'saturn-deploy:open-deployment';
  export const openApp = 'saturn-deploy:open-app';
  export const startDeployment = 'saturn-deploy:start-deployment';
  export const stopDeployment = 'saturn-deploy:stop-deployment';
  export const restartDeployment = 'saturn-deploy:restart-deployment';
  export const updateCode = 'saturn-deploy:update-code-of-deployment';
  export const editDeployment = 'saturn-deploy:edit-deployment';
  export const duplicateDeployment = 'saturn-deploy:duplicate-deployment';
  export const copyPython = 'saturn-deploy:copy-python-for-deployment';
  export const makeJob = 'saturn-deploy:make-deployment-a-job';
  export const removeDeployment = 'saturn-deploy:delete-deployment';
  export const refresh = 'saturn-deploy:refresh';
  export const runCell = 'saturn-deploy:run-cell-as-job';
  export const showTokens = 'saturn-deploy:show-access-tokens';
  export const showRecipes = 'saturn-deploy:show-recipe-files';
  export const applyFile = 'saturn-deploy:apply-recipe-file';
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

/** Where the files of a run come from. */
export type Source = 'live' | 'snapshot' | 'git';

/** What a run really ran with; null where it is not known (yet). */
export interface ICode {
  source: Source;
  /** With `git`: as it was asked for. */
  reference: string | null;
  /** With `snapshot`: its digest. */
  snapshot: string | null;
  /** The files' commit, or with `live` the one they were changed from. */
  commit: string | null;
  branch: string | null;
  /** With `live`: files differ from the commit. */
  dirty: boolean | null;
  /** Where the command found the project; its own path or that of a copy. */
  directory: string | null;
  same_path: boolean | null;
  /** Prefix of the environment. */
  environment: string;
  /** Fingerprint of the environment's packages. */
  packages: string | null;
  size: string;
  image: string;
  image_digest: string | null;
}

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

/** An edit of a job. */
export interface IFix {
  /** What it does, as on a button. */
  label: string;
  kind:
    | 'start_script'
    | 'command'
    | 'working_directory'
    | 'timeout'
    /** No edit: it should be a job. */
    | 'make_job';
  /** `start_script`: a line more at its end; `timeout`: seconds. */
  value: string | number;
}

/** What went wrong, what to do about it, and a fix where an edit of the job is one. */
export interface IAdvice {
  sentence: string;
  do: string;
  fix: IFix | null;
}

/** What would probably fail, by the field it is about, e.g. `spec.command`. */
export interface IDoubt {
  field: string;
  sentence: string;
  fix: IFix | null;
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
  /** Of one that ended as error. */
  advice: IAdvice | null;
  exit_code: number | null;
  signal: number | null;
  /** `catch-up`: by its schedule, over 5 s later than its slot. */
  trigger: 'manual' | 'schedule' | 'catch-up';
  /** The slot it was started for. */
  scheduled_for: string | null;
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
  /** Kept, however old. */
  pinned: boolean;
  code: ICode;
  /** Of its whole tree, once it has ended. */
  cpu_seconds: number | null;
  /** Bytes, once it has ended. */
  memory_peak: number | null;
  /** Bytes kept of it: logs, output. */
  disk: number | null;
  attempts: IAttempt[];
}

/** What happens when a job is due while an earlier run of it is active. */
export type Policy = 'Allow' | 'Forbid' | 'Replace';

/** What became of a time at which a schedule was due. */
export interface ISlot {
  scheduled_for: string;
  outcome: 'started' | 'skipped' | 'missed';
  /** In words; '' for one that started in time. */
  reason: string;
  /** Of missed ones in a row; `scheduled_for` is the first one's. */
  count: number;
  /** null also once that run is gone. */
  run_id: string | null;
  run_number: number | null;
}

/** Where a job's schedule stands. */
export interface ISchedule {
  /** In words, or why it can't be followed. */
  words: string;
  time_zone: string;
  /** It never fires. */
  never: boolean;
  /** The slot that nobody acts on, or that was skipped and waits. */
  overdue_since: string | null;
  last_slot: ISlot | null;
}

/** A time at which a schedule will be due. */
export interface IFire {
  at: string;
  /** On the clock of its time zone: "2026-11-23 06:00". */
  wall: string;
  /** Where that clock is set. */
  note: string | null;
}

/** What a schedule will do. */
export interface ISchedulePreview {
  words: string;
  next: IFire[];
  never: boolean;
}

/** What both kinds of resources are made of, in Saturn's words; what Saturn lacks is under
 * `x-jupyter`. */
export interface ISpec {
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
  'x-jupyter': {
    source: Source | null;
    /** With `git`: branch, `tags/v1.2.3` or commit. */
    reference: string | null;
    /** With `snapshot`: which; sent without, the project is frozen as it is now. */
    snapshot: string | null;
    backend: string | null;
  };
}

/** A job's recipe. */
export interface IJobSpec extends ISpec {
  retries: number;
  /** A cron expression; null: run by hand. */
  schedule: string | null;
  concurrency_policy: Policy;
  'x-jupyter': ISpec['x-jupyter'] & {
    /** IANA name. */
    time_zone: string;
    /** Seconds after which a slot starts no more; null: none. */
    starting_deadline: number | null;
    /** The schedule is switched off. */
    suspended: boolean;
    /** Seconds for one attempt, null for no limit. */
    timeout: number | null;
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
    /** null: no schedule, switched off, or never. */
    next_fire: string | null;
    schedule: ISchedule | null;
    sentence: string;
    created_at: string;
    updated_at: string;
    /** Bytes kept of all its runs; lists don't say. */
    disk?: number;
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
    /** Packages installed since the container of this server started: gone with it.
     * null where the server runs in none. */
    drift: {
      since: string;
      packages: { name: string; version: string }[];
      /** The line of a start script that installs them; '' if none could. */
      install: string;
    } | null;
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

/** The process that acts on wishes; `here`: this server. */
export interface IEngine {
  pid: number;
  kind: 'server' | 'headless';
  here: boolean;
}

export interface IStatus {
  version: string;
  /** null for a moment while nobody acts. */
  engine: IEngine | null;
  /** This server may be ended for being idle, and what it was to start with it. */
  culled: boolean;
  /** Sentences that everybody should see: the store was damaged, can't be written … */
  warnings: string[];
}

/** What freezing the project would take. */
export interface IPreview {
  files: number;
  bytes: number;
  /** The ten largest, largest first. */
  largest: { path: string; bytes: number }[];
  /** What stays behind, directories as one entry ending with a slash, at most 200 of `left_out_count`. */
  left_out: { path: string; reason: string }[];
  left_out_count: number;
  /** What forbids freezing, each with a way out. */
  problems: { path: string; message: string; fix: string }[];
  /** Most files and bytes a snapshot may have. */
  limits: { files: number; bytes: number };
}

/** A snapshot being made. */
export interface IPacking {
  id: string;
  state: 'packing' | 'done' | 'failed' | 'cancelled';
  files: number;
  bytes: number;
  packed_files: number;
  packed_bytes: number;
  /** The snapshot's digest, once done. */
  snapshot: string | null;
  /** Why it failed. */
  problem: IProblem | null;
}

/** A commit of the project's repository. */
export interface ICommit {
  commit: string;
  subject: string;
  author: string;
  at: string;
}

/** What a reference means now. */
export interface IReference extends ICommit {
  reference: string;
  /** Files of the project that differ from that commit now, at most 20 of `changed_count`. */
  changed: string[];
  changed_count: number;
}

export interface IFileChange {
  path: string;
  change: 'added' | 'removed' | 'changed';
}

/** Which code a job's next run gets. */
export interface IJobCode {
  source: Source;
  snapshot: {
    digest: string;
    files: number;
    bytes: number;
    made_at: string;
  } | null;
  /** With a snapshot: files that differ from it now, at most 200 of `changed_count`. */
  changed: IFileChange[];
  changed_count: number;
}

/** What differs between a run and an earlier one. */
export interface IRunChanges {
  /** null: there was no good run before it. */
  since: {
    id: string;
    number: number;
    state: RunState;
    ended_at: string | null;
  } | null;
  /** The differences in one sentence. */
  sentence: string;
  /** `during`: written while the earlier run ran, so probably by it. At most 200 of `files_count`. */
  files: (IFileChange & { during: boolean })[];
  files_count: number;
  /** Why files can't be compared, in words. */
  files_unknown: string | null;
  /** Newest first, at most 50 of `commits_count`. */
  commits: ICommit[];
  commits_count: number;
  packages: { name: string; before: string | null; after: string | null }[];
  packages_unknown: string | null;
  /** Of the job: command, size, … Values of environment variables are never given. */
  settings: { field: string; before: string | null; after: string | null }[];
}

/** What a run took, over time. */
export interface IRunMetrics {
  attempt: number;
  /** Oldest first: ISO time, cores in use since the point before, bytes resident. */
  points: [string, number, number][];
  /** Of the machine or its cgroup. */
  limits: { cores: number; memory: number };
  cpu_seconds: number | null;
  memory_peak: number | null;
}

/** What is kept of all jobs, in bytes. */
export interface IDisk {
  used: number;
  free: number;
  runs: number;
  snapshots: { count: number; bytes: number };
}

/** Errors of the API. */
export interface IProblem {
  message: string;
  errors?: { field: string; message: string; fix: string }[];
}

/** A deployment's recipe. */
export interface IDeploymentSpec extends ISpec {
  /** Instances that serve at once. */
  scale: number;
}

/** One process tree that serves a deployment; its attempts are its lives. */
export interface IInstance {
  /** A run's id: its logs and metrics are below `runs/{id}`. */
  id: string;
  deployment_id: string;
  deployment_name: string;
  /** Counts the instances that the deployment ever had. */
  number: number;
  /** Which one, from 1. */
  instance: number;
  revision: number;
  state: RunState;
  /** Requests are sent to it. */
  ready: boolean;
  /** null: it listens on nothing (yet). */
  serving: {
    host: string;
    port: number;
    /** The PORT that it was told to listen on. */
    given: number;
    /** It listens beyond loopback: reachable without signing in. */
    beyond: boolean;
    at: string;
  } | null;
  sentence: string;
  reason: string | null;
  detail: string | null;
  advice: IAdvice | null;
  exit_code: number | null;
  signal: number | null;
  restarts: number;
  /** The latest one's number. */
  attempt: number;
  command: string;
  created_at: string;
  /** Of its present life. */
  started_at: string | null;
  ended_at: string | null;
  /** While retrying: when its next life begins. */
  next_attempt_at: string | null;
  code: ICode;
  cpu_seconds: number | null;
  memory_peak: number | null;
  disk: number | null;
  /** The latest ten. */
  attempts: IAttempt[];
}

export interface IDeploymentState {
  id: string;
  status: Status;
  url: string;
  routes: { url: string; container_port: number; visibility: 'owner' }[];
  'x-jupyter': {
    project: string;
    /** It is to run. */
    wanted: boolean;
    /** Instances that requests are sent to. */
    ready: number;
    /** Instances there should be. */
    scale: number;
    /** The one that is to serve; null before the first start. */
    revision: number | null;
    /** An edit waits for a restart. */
    needs_restart: boolean;
    /** A later revision is taking over. */
    rolling: boolean;
    sentence: string;
    /** Of an instance of the revision that is to serve, `advice_run`. */
    advice: IAdvice | null;
    advice_run: string | null;
    /** Those that have not ended, oldest first. */
    instances: IInstance[];
    opened_at: string | null;
    opened_by: string | null;
    created_at: string;
    updated_at: string;
    /** Bytes kept of all its instances; lists don't say. */
    disk?: number;
  };
}

export interface IDeployment {
  schema_version: string;
  type: 'deployment';
  spec: IDeploymentSpec;
  state: IDeploymentState;
  warnings?: string[];
}

/** What one start, restart or rollback put in service. */
export interface IRevision {
  number: number;
  how: 'start' | 'restart' | 'rollback';
  /** With `rollback`: the revision that was gone back to. */
  origin: number | null;
  by: string;
  created_at: string;
  /** It is the one that is to serve. */
  wanted: boolean;
  /** Requests are sent to instances of it. */
  in_service: boolean;
  command: string;
  scale: number;
  source: Source;
  reference: string | null;
  commit: string | null;
  snapshot: string | null;
  /** What is set otherwise than in the revision before it; null for the first. */
  changes:
    { name: string; before: string | null; after: string | null }[] | null;
}

/** How a file is served, and how each framework is started. */
export interface IFrameworks {
  /** The id of the file's framework. */
  recognised: string | null;
  /** A name for a deployment of it. */
  name: string;
  working_directory: string;
  frameworks: {
    id: string;
    label: string;
    /** One of the four to be offered first. */
    first: boolean;
    command: string;
  }[];
}

/** A deployment tried out before it is made. */
export interface IRehearsal {
  id: string;
  /** `up`: it listens, and goes on until it is ended or a minute is over. */
  state: 'starting' | 'up' | 'failed' | 'ended';
  /** Where it listens, in words; why it failed. */
  sentence: string;
  serving: IInstance['serving'];
  advice: IAdvice | null;
  /** The last lines of its log. */
  log: string;
  started_at: string;
  warnings?: string[];
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
