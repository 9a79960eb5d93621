import { ISignal, Signal } from '@lumino/signaling';

import { ILogMatches, ILogPiece } from '../service';
import { Follower, IPart } from './follower';
import { ILogSource, ILogStream } from './source';
import { StreamState } from './stream';

/** Bytes kept at most, and the share that stays when some go. */
const MOST = 16 * 1024 * 1024;
const KEEP = 0.75;
/** Matches that a search gives at most. */
const MATCHES = 1000;

interface IKept {
  /** Of its first byte, in all that was merged. */
  offset: number;
  bytes: Uint8Array;
  /** When it was written; null where that is not known. */
  at: string | null;
}

/**
 * The logs of several as one: the end of each, by time, then what comes, line by line; each line
 * says whose it is. Lives in this page: its bytes are numbered from where it began.
 */
export class MergedLog implements ILogSource, ILogStream {
  constructor(parts: readonly IPart[]) {
    this.parts = parts;
  }

  readonly downloadUrl = null;

  get first(): number {
    return this._lines[0]?.offset ?? this._offset;
  }

  get offset(): number {
    return this._offset;
  }

  /** Broken while any of them is; ended once all are. */
  get state(): StreamState {
    const states = this._followers.map(({ state }) => state);
    return (
      (['broken', 'connecting', 'open'] as const).find(state =>
        states.includes(state)
      ) ?? 'ended'
    );
  }

  get received(): ISignal<this, { offset: number; bytes: Uint8Array }> {
    return this._received;
  }

  get hole(): ISignal<this, { offset: number; length: number }> {
    return this._hole;
  }

  get stateChanged(): ISignal<this, StreamState> {
    return this._stateChanged;
  }

  /** Those whose logs these are; one that is new joins. */
  set parts(parts: readonly IPart[]) {
    if (this._isDisposed) {
      return;
    }
    const fresh = parts
      .filter(({ key }) => !this._followers.some(known => known.key === key))
      .map(part => new Follower(part));
    this._followers.push(...fresh);
    if (this._isFollowing) {
      void this._join(fresh);
    }
  }

  async piece(start: number, end?: number): Promise<ILogPiece> {
    if (start < 0) {
      // What was there before is asked for once, and first.
      this._loaded ??= this._load(this._followers);
      await this._loaded.catch(error => {
        this._loaded = null;
        throw error;
      });
      return this._between(this.first, this._offset);
    }
    return this._between(start, end ?? this._offset);
  }

  async line(offset: number): Promise<{ line: number }> {
    const after = this._lines.findIndex(line => line.offset > offset);
    const at = after < 0 ? this._lines.length : after;
    return { line: this._dropped + at - 1 };
  }

  async times(
    start: number,
    end: number
  ): Promise<{ marks: [number, string][] }> {
    const marks = this._lines.flatMap(({ offset, at }): [number, string][] =>
      at !== null && offset >= start && offset < end ? [[offset, at]] : []
    );
    return { marks };
  }

  async search(text: string): Promise<ILogMatches> {
    const wanted = text.toLowerCase();
    const decoder = new TextDecoder();
    const matches = this._lines.flatMap(({ offset, bytes }, line) =>
      decoder.decode(bytes).toLowerCase().includes(wanted)
        ? [{ line: this._dropped + line, offset }]
        : []
    );
    return {
      count: matches.length,
      matches: matches.slice(-MATCHES),
      truncated: matches.length > MATCHES
    };
  }

  follow(): ILogStream {
    this._isFollowing = true;
    this._followers.forEach(follower => this._follow(follower));
    return this;
  }

  retry(): void {
    this._followers.forEach(follower => follower.retry());
  }

  dispose(): void {
    this._isDisposed = true;
    this._followers.forEach(follower => follower.dispose());
    Signal.clearData(this);
  }

  private async _join(fresh: readonly Follower[]): Promise<void> {
    try {
      await this._load(fresh);
    } catch {
      // Followed from its beginning then.
    }
    if (!this._isDisposed) {
      fresh.forEach(follower => this._follow(follower));
    }
  }

  /** The ends of their logs, as one. */
  private async _load(followers: readonly Follower[]): Promise<void> {
    const lines = (await Promise.all(followers.map(one => one.tail()))).flat();
    // Those whose time is not known come first.
    lines.sort((a, b) => (a.at ?? '').localeCompare(b.at ?? ''));
    this._add(lines);
  }

  private _follow(follower: Follower): void {
    follower.follow(
      lines => this._add(lines),
      () => this._stateChanged.emit(this.state)
    );
  }

  private _add(lines: readonly { bytes: Uint8Array; at: string | null }[]) {
    const offset = this._offset;
    for (const { bytes, at } of lines) {
      this._lines.push({ offset: this._offset, bytes, at });
      this._offset += bytes.length;
    }
    if (this._offset - this.first > MOST) {
      const least = this._offset - MOST * KEEP;
      const left = this._lines.filter(line => line.offset >= least);
      this._dropped += this._lines.length - left.length;
      this._lines = left;
    }
    if (lines.length) {
      const { bytes } = this._between(offset, this._offset);
      this._received.emit({ offset, bytes });
    }
  }

  /** The whole lines that begin there. */
  private _between(start: number, end: number): ILogPiece {
    const some = this._lines.filter(
      ({ offset }) => offset >= start && offset < end
    );
    const offset = some[0]?.offset ?? end;
    const last = some.at(-1);
    const length = last ? last.offset + last.bytes.length - offset : 0;
    const bytes = new Uint8Array(length);
    some.forEach(line => bytes.set(line.bytes, line.offset - offset));
    return { offset, bytes, size: this._offset };
  }

  /** Lines that are not kept any more. */
  private _dropped = 0;
  private _followers: Follower[] = [];
  private _hole = new Signal<this, { offset: number; length: number }>(this);
  private _isDisposed = false;
  private _isFollowing = false;
  private _lines: IKept[] = [];
  private _loaded: Promise<void> | null = null;
  private _offset = 0;
  private _received = new Signal<this, { offset: number; bytes: Uint8Array }>(
    this
  );
  private _stateChanged = new Signal<this, StreamState>(this);
}
