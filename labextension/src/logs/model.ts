import { TranslationBundle } from '@jupyterlab/translation';
import { VDomModel } from '@jupyterlab/ui-components';
import { ISignal, Signal } from '@lumino/signaling';

import { describe } from '../model';
import { DeployService } from '../service';
import { isActive } from '../states';
import { IAttempt, RunState } from '../tokens';
import { LogBuffer } from './buffer';
import { AttemptLog, ILogSource, ILogStream } from './source';
import { LogTimes } from './times';

/** Bytes of one request; also how much of a log's end is shown at first. */
const PIECE = 256 * 1024;
/** Of a piece around a place, the bytes before that place. */
const BEFORE = 64 * 1024;
/** Milliseconds before what failed is tried again. */
const RETRY = 5000;

/** What has a log for each of its attempts: a run of a job, an instance of a deployment. */
export interface ILogged {
  id: string;
  state: RunState;
  sentence: string;
  /** Of an instance, its lives. */
  attempts: readonly Pick<IAttempt, 'number' | 'state'>[];
  /** Most attempts it may take; an instance may take any number. */
  max_attempts?: number;
  /** Its log, where that is not the one the server keeps of the attempt. */
  source?: () => ILogSource;
}

/** The log of one attempt of a run: a window of it is kept, the rest is asked for. */
export class LogModel extends VDomModel {
  constructor(
    readonly service: DeployService,
    readonly trans: TranslationBundle
  ) {
    super();
  }

  readonly buffer = new LogBuffer();

  /** Where the reader is, from 0 (first line kept) to 1 (last line kept). */
  reader = 1;

  get run(): ILogged | null {
    return this._run;
  }

  get attempt(): number {
    return this._attempt;
  }

  get stream(): ILogStream | null {
    return this._stream;
  }

  /** Where what is shown comes from. */
  get source(): ILogSource | null {
    return this._source;
  }

  /** Why the log can't be shown. */
  get problem(): string | null {
    return this._problem;
  }

  get isLoading(): boolean {
    return this._isLoading;
  }

  /** Lines that came since the reader left the end. */
  get newLines(): number {
    return this._newLines;
  }

  /** Whether the window reaches to the end of what has been written. */
  get isAtEnd(): boolean {
    return !this._stream || this.buffer.end >= this._stream.offset;
  }

  /** Whether the view stays at the end as the log grows. */
  get following(): boolean {
    return this._following;
  }

  set following(value: boolean) {
    if (value !== this._following) {
      this._following = value;
      this._newLines = 0;
      this._changed();
    }
  }

  /** Emitted with the position of a line that should come into sight. */
  get revealed(): ISignal<this, number> {
    return this._revealed;
  }

  /** Number of a line from 1, or null while it is not known. */
  numberOf(at: number): number | null {
    return this._firstNumber === null
      ? null
      : this._firstNumber + this.buffer.line(at).index + 1;
  }

  /** When a line was written, if times are shown and known. */
  timeOf(at: number): string | null {
    return this._times?.at(this.buffer.line(at).offset) ?? null;
  }

  set showTimes(value: boolean) {
    this._showTimes = value;
    this._askTimes();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._generation++;
      this._stream?.dispose();
      this._source?.dispose();
      super.dispose();
    }
  }

  /** Shows a run's latest attempt; or follows the news of the run that is shown. */
  show(run: ILogged | null): void {
    const another = run?.id !== this._run?.id;
    this._run = run;
    if (another) {
      this._picked = false;
    }
    const latest = run?.attempts.at(-1)?.number ?? 1;
    if (another || (!this._picked && latest !== this._attempt)) {
      this._attempt = latest;
      void this._open();
    } else if (run && !isActive(run.state) && !run.attempts.length) {
      // It was stopped in the queue: there is nothing to wait for.
      this._stream?.dispose();
      this._stream = null;
    }
    this._changed();
  }

  /** Shows another attempt of the same run. */
  pick(attempt: number): void {
    this._picked = attempt !== this._run?.attempts.at(-1)?.number;
    this._attempt = attempt;
    void this._open();
  }

  /** Tries again what failed, as is done by itself after a while. */
  retry(): void {
    this._problem = null;
    if (this._stream) {
      this._stream.retry();
      // The view asks again for what it lacks.
      this._changed();
    } else {
      void this._open();
    }
  }

  /** Loads what comes before the window. */
  loadEarlier(): Promise<void> {
    const { start } = this.buffer;
    if (start <= (this._source?.first ?? 0) || this._problem) {
      return Promise.resolve();
    }
    return this._load(async isStale => {
      const piece = await this._piece(Math.max(0, start - PIECE), start);
      if (!isStale()) {
        const isFirst = piece.offset === this._source?.first;
        this.buffer.prepend(piece.bytes, piece.offset, isFirst);
        this.buffer.trim('end');
      }
    });
  }

  /** Loads what comes after the window, unless it reaches the end. */
  loadLater(): Promise<void> {
    const { end } = this.buffer;
    if (this.isAtEnd) {
      return Promise.resolve();
    }
    return this._load(async isStale => {
      const piece = await this._piece(end, end + PIECE);
      if (!isStale()) {
        this.buffer.append(piece.bytes, piece.offset);
        this.buffer.trim('start');
      }
    });
  }

  /** Brings the line number `line` (from 0), which begins at `offset`, into sight. */
  async reveal(line: number, offset: number): Promise<void> {
    this.following = false;
    if (this.buffer.find(offset) < 0) {
      await this._load(async isStale => {
        const start = Math.max(0, offset - BEFORE);
        const piece = await this._piece(start, start + PIECE);
        if (!isStale()) {
          this._show(piece.bytes, piece.offset);
          const at = this.buffer.find(offset);
          this._firstNumber = at < 0 ? null : line - this.buffer.line(at).index;
        }
      });
    }
    const at = this.buffer.find(offset);
    if (at >= 0) {
      this._revealed.emit(at);
    }
  }

  /** Goes to the end and stays there. */
  async revealEnd(): Promise<void> {
    if (!this.isAtEnd) {
      await this._load(isStale => this._loadTail(isStale));
    }
    this.following = true;
  }

  private async _open(): Promise<void> {
    const generation = ++this._generation;
    this._stream?.dispose();
    this._source?.dispose();
    this._stream = null;
    this._source = null;
    this._times = null;
    this._following = true;
    this._newLines = 0;
    this._isLoading = false;
    this._show(new Uint8Array(0), 0);
    const run = this._run;
    if (!run || (!run.attempts.length && !isActive(run.state))) {
      this._changed();
      return;
    }
    const attempt = this._attempt;
    const source =
      run.source?.() ?? new AttemptLog(this.service, run.id, attempt);
    this._source = source;
    this._times = new LogTimes((start, end) => source.times(start, end));
    if (run.attempts.some(({ number }) => number === attempt)) {
      await this._load(isStale => this._loadTail(isStale));
    }
    if (generation === this._generation && !this._problem) {
      this._follow(source);
    }
  }

  private _follow(source: ILogSource): void {
    this._stream = source.follow(this.buffer.end);
    this._stream.received.connect((_, { offset, bytes }) => {
      const newline = (count: number, byte: number) =>
        byte === 0x0a ? count + 1 : count;
      if (!this._following) {
        this._newLines += bytes.reduce(newline, 0);
      }
      this.buffer.append(bytes, offset);
      this.buffer.trim(this._following || this.reader > 0.5 ? 'start' : 'end');
      this._changed();
    });
    this._stream.hole.connect((_, { offset, length }) => {
      this.buffer.hole(offset, length);
      this._changed();
    });
    this._stream.stateChanged.connect(this._changed, this);
    this._changed();
  }

  private async _loadTail(isStale: () => boolean): Promise<void> {
    const piece = await this._piece(-PIECE);
    if (isStale()) {
      return;
    }
    this._show(piece.bytes, piece.offset);
    if (piece.offset > 0 && this.buffer.length) {
      const { start } = this.buffer;
      const { index } = this.buffer.line(0);
      const { line } = await this._source!.line(start);
      if (!isStale()) {
        this._firstNumber = line - index;
      }
    }
  }

  private _show(bytes: Uint8Array, offset: number): void {
    this.buffer.reset(offset, offset === 0);
    this.buffer.append(bytes, offset);
    this.buffer.align();
    this._firstNumber = offset === 0 ? 0 : null;
  }

  private _piece(start: number, end?: number) {
    return this._source!.piece(start, end);
  }

  /** One request at a time; what it finds is stale once another log is shown. */
  private async _load(
    act: (isStale: () => boolean) => Promise<void>
  ): Promise<void> {
    if (this._isLoading) {
      return;
    }
    const generation = this._generation;
    const isStale = () => generation !== this._generation;
    this._isLoading = true;
    this._problem = null;
    this._changed();
    try {
      await act(isStale);
    } catch (error) {
      if (!isStale()) {
        this._problem = describe(error, this.trans);
        setTimeout(() => !isStale() && this.retry(), RETRY);
      }
    }
    if (!isStale()) {
      this._isLoading = false;
      this._changed();
    }
  }

  private _askTimes(): void {
    if (this._showTimes) {
      const { start, end } = this.buffer;
      this._times?.ask(start, end, () => this._changed());
    }
  }

  /** Tells the view, at most once a frame. */
  private _changed(): void {
    if (this._frame !== null || this.isDisposed) {
      return;
    }
    const tell = () => {
      this._frame = null;
      this._askTimes();
      this.stateChanged.emit();
    };
    this._frame = document.hidden
      ? window.setTimeout(tell, 500)
      : requestAnimationFrame(tell);
  }

  private _attempt = 1;
  private _firstNumber: number | null = 0;
  private _following = true;
  private _frame: number | null = null;
  private _generation = 0;
  private _isLoading = false;
  private _newLines = 0;
  private _picked = false;
  private _problem: string | null = null;
  private _revealed = new Signal<this, number>(this);
  private _run: ILogged | null = null;
  private _showTimes = false;
  private _source: ILogSource | null = null;
  private _stream: ILogStream | null = null;
  private _times: LogTimes | null = null;
}
