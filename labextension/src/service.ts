import { URLExt } from '@jupyterlab/coreutils';

import { Http, Page, Query, search } from './http';
import {
  IDisk,
  IDoubt,
  IJobCode,
  IJobSpec,
  IPacking,
  IPreview,
  IRecipe,
  IReference,
  IRun,
  IRunChanges,
  IRunMetrics,
  ISchedulePreview,
  ISlot,
  IStatus,
  IWorkspace,
  NAMESPACE
} from './tokens';

/** A piece of a log, and how long the whole log was when it was read. */
export interface ILogPiece {
  offset: number;
  bytes: Uint8Array;
  size: number;
}

export interface ILogMatches {
  /** Lines that match, in all. */
  count: number;
  matches: { line: number; offset: number }[];
  /** There are more than `matches` holds. */
  truncated: boolean;
}

export interface IBulkResult {
  deleted: string[];
  errors: { id: string; message: string }[];
}

export interface IBulkStop {
  /** Ids of runs. */
  stopping: string[];
  errors: { id: string; message: string }[];
}

/** What a spec may leave out when it is sent: the server knows the rest. */
export type SpecInput = Partial<IJobSpec> & { name: string; command: string };

/** The HTTP interface of jobs, runs and what they are made from, one method a route. */
export class DeployService extends Http {
  status(): Promise<IStatus> {
    return this.json('api/status');
  }

  workspace(): Promise<IWorkspace> {
    return this.json('api/workspace');
  }

  /** Jobs without the values of their environment variables. */
  recipes(
    query: Query,
    signal?: AbortSignal
  ): Promise<Page<'recipes', IRecipe>> {
    const all = { type: 'job', ...query };
    return this.json('api/recipes', { query: all, signal });
  }

  /** One job with all values. */
  recipe(name: string): Promise<IRecipe> {
    return this.json(`api/recipes/job/${encodeURIComponent(name)}`);
  }

  /** One job as YAML; values of environment variables only when asked for. */
  async recipeText(name: string, values: boolean): Promise<string> {
    const path = `api/recipes/job/${encodeURIComponent(name)}`;
    const query = { format: 'yaml', values: `${values}` };
    return (await this.request(path, { query })).text();
  }

  /** What of a job would probably fail; nothing of it is run. */
  check(
    spec: SpecInput,
    signal?: AbortSignal
  ): Promise<{ problems: IDoubt[] }> {
    const body = { type: 'job', spec };
    return this.json('api/recipes/check', { method: 'POST', body, signal });
  }

  create(spec: SpecInput): Promise<IRecipe> {
    return this.json('api/recipes', {
      method: 'POST',
      query: { enforce_unknown: 'true' },
      body: { type: 'job', spec }
    });
  }

  update(id: string, spec: Partial<IJobSpec>): Promise<IRecipe> {
    return this.json(`api/jobs/${id}`, { method: 'PATCH', body: { spec } });
  }

  start(jobId: string): Promise<IRun> {
    return this.json(`api/jobs/${jobId}/start`, { method: 'POST' });
  }

  stop(jobId: string): Promise<{ stopping: string[] }> {
    return this.json(`api/jobs/${jobId}/stop`, { method: 'POST' });
  }

  remove(jobId: string): Promise<unknown> {
    return this.json(`api/jobs/${jobId}`, { method: 'DELETE' });
  }

  /** Switches a job's schedule on. */
  schedule(jobId: string): Promise<IRecipe> {
    return this.json(`api/jobs/${jobId}/schedule`, { method: 'POST' });
  }

  /** Switches a job's schedule off; runs go on. */
  unschedule(jobId: string): Promise<IRecipe> {
    return this.json(`api/jobs/${jobId}/unschedule`, { method: 'POST' });
  }

  /** What became of the times at which a job was due, the latest first. */
  slots(
    jobId: string,
    query: Query,
    signal?: AbortSignal
  ): Promise<Page<'slots', ISlot>> {
    return this.json(`api/jobs/${jobId}/slots`, { query, signal });
  }

  /** A schedule in words, and its next fires, at most 50. */
  schedulePreview(
    expression: string,
    timeZone: string,
    count: number,
    signal?: AbortSignal
  ): Promise<ISchedulePreview> {
    const query = { expression, time_zone: timeZone, count };
    return this.json('api/schedule', { query, signal });
  }

  /** Which code a job's next run gets, and what changed in the project since. */
  jobCode(jobId: string): Promise<IJobCode> {
    return this.json(`api/jobs/${jobId}/code`);
  }

  /** Stops all runs of several jobs. */
  stopJobs(ids: string[]): Promise<IBulkStop> {
    return this.json('api/jobs/stop', { method: 'POST', body: { ids } });
  }

  removeJobs(ids: string[]): Promise<IBulkResult> {
    return this.json('api/jobs/delete', { method: 'POST', body: { ids } });
  }

  /** What freezing the project would take. */
  previewSnapshot(signal?: AbortSignal): Promise<IPreview> {
    return this.json('api/snapshots/preview', { signal });
  }

  /** Begins to freeze the project. */
  pack(): Promise<IPacking> {
    return this.json('api/snapshots', { method: 'POST' });
  }

  packing(id: string): Promise<IPacking> {
    return this.json(`api/snapshots/${id}`);
  }

  cancelPacking(id: string): Promise<IPacking> {
    return this.json(`api/snapshots/${id}`, { method: 'DELETE' });
  }

  /** What a reference of the project's repository means now. */
  reference(reference: string, signal?: AbortSignal): Promise<IReference> {
    return this.json('api/git', { query: { reference }, signal });
  }

  runs(query: Query, signal?: AbortSignal): Promise<Page<'runs', IRun>> {
    return this.json('api/runs', { query, signal });
  }

  run(id: string): Promise<IRun> {
    return this.json(`api/runs/${id}`);
  }

  stopRun(id: string): Promise<IRun> {
    return this.json(`api/runs/${id}/stop`, { method: 'POST' });
  }

  /** Applies the fix that the advice on a run offers to its job. */
  fix(runId: string): Promise<IRecipe> {
    return this.json(`api/runs/${runId}/fix`, { method: 'POST' });
  }

  removeRuns(ids: string[]): Promise<IBulkResult> {
    return this.json('api/runs/delete', { method: 'POST', body: { ids } });
  }

  stopRuns(ids: string[]): Promise<IBulkStop> {
    return this.json('api/runs/stop', { method: 'POST', body: { ids } });
  }

  /** Keeps a run, however old, or no longer. */
  pinRun(id: string, pinned: boolean): Promise<IRun> {
    return this.json(`api/runs/${id}`, { method: 'PATCH', body: { pinned } });
  }

  /** What differs between a run and an earlier one: the last good one, if none is named. */
  changes(runId: string, since?: string): Promise<IRunChanges> {
    return this.json(`api/runs/${runId}/changes`, { query: { since } });
  }

  metrics(runId: string, attempt: number): Promise<IRunMetrics> {
    return this.json(`api/runs/${runId}/metrics`, { query: { attempt } });
  }

  disk(): Promise<IDisk> {
    return this.json('api/disk');
  }

  /** The notebook of an attempt, as far as it was executed. */
  notebook(runId: string, attempt: number): Promise<unknown> {
    return this.json(`api/runs/${runId}/notebook`, { query: { attempt } });
  }

  /** Bytes `start` up to, not including, `end` of an attempt's log; a negative
   * `start` counts from the end. */
  async log(
    runId: string,
    attempt: number,
    start: number,
    end?: number
  ): Promise<ILogPiece> {
    const range =
      start < 0
        ? `bytes=${start}`
        : `bytes=${start}-${end === undefined ? '' : end - 1}`;
    const response = await this.request(`api/runs/${runId}/log`, {
      query: { attempt },
      headers: { Range: range },
      // Nothing was written there (yet): an empty piece.
      allow: 416
    });
    const [, first, size] =
      /bytes (?:(\d+)-\d+|\*)\/(\d+)/.exec(
        response.headers.get('Content-Range') ?? ''
      ) ?? [];
    if (response.status === 416) {
      const end = Number(size ?? 0);
      return { offset: end, bytes: new Uint8Array(0), size: end };
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    return {
      offset: Number(first ?? 0),
      bytes,
      size: Number(size ?? bytes.length)
    };
  }

  searchLog(
    runId: string,
    attempt: number,
    text: string,
    matchCase: boolean
  ): Promise<ILogMatches> {
    return this.json(`api/runs/${runId}/log/search`, {
      query: { q: text, attempt, case: matchCase ? 1 : 0, limit: 1000 }
    });
  }

  logTimes(
    runId: string,
    attempt: number,
    start: number,
    end: number
  ): Promise<{ marks: [number, string][] }> {
    return this.json(`api/runs/${runId}/log/times`, {
      query: { attempt, start, end }
    });
  }

  /** Number (from 0) and beginning of the line that holds the byte at `offset`. */
  logLine(
    runId: string,
    attempt: number,
    offset: number
  ): Promise<{ line: number; offset: number }> {
    return this.json(`api/runs/${runId}/log/lines`, {
      query: { attempt, offset }
    });
  }

  /** An open or opening socket that sends the log from `offset` on. */
  followLog(runId: string, attempt: number, offset: number): WebSocket {
    const { wsUrl, token, appendToken, WebSocket } = this.serverSettings;
    const query: Query = { attempt, offset };
    if (appendToken && token) {
      query.token = token;
    }
    const path = `api/runs/${runId}/log/follow`;
    const socket = new WebSocket(
      URLExt.join(wsUrl, NAMESPACE, path) + search(query)
    );
    socket.binaryType = 'arraybuffer';
    return socket;
  }

  downloadUrl(runId: string, attempt: number): string {
    const url = URLExt.join(
      this.serverSettings.baseUrl,
      NAMESPACE,
      `api/runs/${runId}/log`
    );
    return url + search({ attempt, download: 1 });
  }
}
