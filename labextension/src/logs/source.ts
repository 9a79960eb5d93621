import { ISignal } from '@lumino/signaling';

import { DeployService, ILogMatches, ILogPiece } from '../service';
import { LogStream, StreamState } from './stream';

/** What a log goes on with. */
export interface ILogStream {
  /** Where the next bytes begin. */
  readonly offset: number;
  readonly state: StreamState;
  readonly received: ISignal<unknown, { offset: number; bytes: Uint8Array }>;
  readonly hole: ISignal<unknown, { offset: number; length: number }>;
  readonly stateChanged: ISignal<unknown, StreamState>;
  /** Tries again now what would be tried again later. */
  retry(): void;
  dispose(): void;
}

/** Where the bytes of a log come from. All but `dispose` reject as the service does. */
export interface ILogSource {
  /** Where what can be had begins. */
  readonly first: number;
  /** Saves the whole; null where that is not offered. */
  readonly downloadUrl: string | null;
  /** Bytes `start` up to `end`; a negative `start` counts from the end. */
  piece(start: number, end?: number): Promise<ILogPiece>;
  /** Number (from 0) of the line that holds the byte at `offset`. */
  line(offset: number): Promise<{ line: number }>;
  times(start: number, end: number): Promise<{ marks: [number, string][] }>;
  search(text: string): Promise<ILogMatches>;
  /** What comes from `offset` on. */
  follow(offset: number): ILogStream;
  dispose(): void;
}

/** The log of one attempt. */
export class AttemptLog implements ILogSource {
  constructor(
    private _service: DeployService,
    private _runId: string,
    private _attempt: number
  ) {}

  readonly first = 0;

  get downloadUrl(): string {
    return this._service.downloadUrl(this._runId, this._attempt);
  }

  piece(start: number, end?: number): Promise<ILogPiece> {
    return this._service.log(this._runId, this._attempt, start, end);
  }

  line(offset: number): Promise<{ line: number }> {
    return this._service.logLine(this._runId, this._attempt, offset);
  }

  times(start: number, end: number): Promise<{ marks: [number, string][] }> {
    return this._service.logTimes(this._runId, this._attempt, start, end);
  }

  search(text: string): Promise<ILogMatches> {
    return this._service.searchLog(this._runId, this._attempt, text, false);
  }

  follow(offset: number): ILogStream {
    return new LogStream(
      from => this._service.followLog(this._runId, this._attempt, from),
      offset
    );
  }

  dispose(): void {
    // What follows it is its own.
  }
}
