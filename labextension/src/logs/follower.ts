import { ILogSource, ILogStream } from './source';
import { StreamState } from './stream';

/** Bytes of its end that each log begins with. */
const TAIL = 64 * 1024;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const ESCAPE = 0x1b;
/** Of the terminal's colours, those of labels: red would look like something that went wrong. */
const COLOURS = [34, 32, 35, 36, 33];
/** Ends what escape sequences began. */
const PLAIN = '\x1b[0m';

/** One of several whose logs are shown as one. */
export interface IPart {
  /** Names it and its life. */
  key: string;
  /** Stands before each of its lines. */
  label: string;
  /** From 0 on: those with another one look otherwise, as far as there are enough. */
  colour: number;
  source: ILogSource;
}

/** A line as it is shown among those of others, and when it was written. */
export interface ILabelled {
  bytes: Uint8Array;
  at: string | null;
}

/** Follows the log of one of several, line by line. */
export class Follower {
  constructor(private _part: IPart) {
    const { label, colour } = _part;
    const code = COLOURS[colour % COLOURS.length];
    this._prefix = new TextEncoder().encode(`\x1b[${code}m${label} │${PLAIN} `);
  }

  get key(): string {
    return this._part.key;
  }

  get state(): StreamState {
    return this._stream?.state ?? 'connecting';
  }

  /** The lines at the end of what was written so far. */
  async tail(): Promise<ILabelled[]> {
    const { source } = this._part;
    const { offset, bytes } = await source.piece(-TAIL);
    const end = offset + bytes.length;
    const { marks } = bytes.length
      ? await source.times(offset, end)
      : { marks: [] };
    // The first line may have begun before.
    const from = offset === 0 ? 0 : bytes.indexOf(NEWLINE) + 1;
    this._offset = end;
    const found: ILabelled[] = [];
    let mark = 0;
    let begin = offset + from;
    for (const line of this._lines(bytes.subarray(from))) {
      while (marks[mark + 1] && marks[mark + 1][0] <= begin) {
        mark++;
      }
      begin += line.length + 1;
      found.push({ bytes: this._labelled(line), at: marks[mark]?.[1] ?? null });
    }
    return found;
  }

  /** Passes on what comes after that. */
  follow(
    received: (lines: ILabelled[]) => void,
    stateChanged: () => void
  ): void {
    this._stream = this._part.source.follow(this._offset);
    this._stream.received.connect((_, { bytes }) => {
      const at = new Date().toISOString();
      const lines = this._lines(bytes);
      received(lines.map(line => ({ bytes: this._labelled(line), at })));
    });
    this._stream.stateChanged.connect((_, state) => {
      if (state === 'ended' && this._open.length) {
        // A last line without a newline is one all the same.
        const bytes = this._labelled(this._open);
        this._open = new Uint8Array(0);
        received([{ bytes, at: new Date().toISOString() }]);
      }
      stateChanged();
    });
  }

  retry(): void {
    this._stream?.retry();
  }

  dispose(): void {
    this._stream?.dispose();
    this._part.source.dispose();
  }

  /** The lines that are whole with these bytes, without their ends. */
  private _lines(bytes: Uint8Array): Uint8Array[] {
    const all = new Uint8Array(this._open.length + bytes.length);
    all.set(this._open);
    all.set(bytes, this._open.length);
    const lines: Uint8Array[] = [];
    let from = 0;
    for (
      let at = all.indexOf(NEWLINE);
      at >= 0;
      at = all.indexOf(NEWLINE, from)
    ) {
      lines.push(all.subarray(from, at));
      from = at + 1;
    }
    this._open = all.slice(from);
    return lines;
  }

  private _labelled(line: Uint8Array): Uint8Array {
    // A progress bar begins its line anew, which would take the label with it.
    const end = line.at(-1) === RETURN ? line.length - 1 : line.length;
    const last = line.subarray(line.lastIndexOf(RETURN, end - 1) + 1, end);
    // What it is coloured like ends with it: the next line may be another's.
    const close = last.includes(ESCAPE) ? `${PLAIN}\n` : '\n';
    const closing = new TextEncoder().encode(close);
    const bytes = new Uint8Array(
      this._prefix.length + last.length + closing.length
    );
    bytes.set(this._prefix);
    bytes.set(last, this._prefix.length);
    bytes.set(closing, this._prefix.length + last.length);
    return bytes;
  }

  private _offset = 0;
  private _open: Uint8Array = new Uint8Array(0);
  private _prefix: Uint8Array;
  private _stream: ILogStream | null = null;
}
