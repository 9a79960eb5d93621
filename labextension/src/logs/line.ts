import { IStyle, PLAIN } from './ansi';

/** Characters of a line that are shown; a page can't lay out a megabyte in one line. */
export const LONGEST = 10_000;
/** No character takes more bytes than four. */
const HEAD = LONGEST * 4;
const RETURN = 0x0d;

export interface ILine {
  /** Counts lines relative to where the buffer began; negative for earlier ones. */
  readonly index: number;
  /** The byte at which the line begins. */
  readonly offset: number;
  /** What a terminal would show, at most `LONGEST` characters, with escape sequences. */
  readonly text: string;
  /** Characters after `text` that are not kept. */
  readonly hidden: number;
  /** The line began before `offset`. */
  readonly partial: boolean;
  /** How the text looks at its beginning. */
  readonly style: IStyle;
  /** Bytes that were given back here; such a line is no line of the log. */
  readonly hole?: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A line while its bytes arrive. Carriage returns begin it anew, as in a terminal. */
export class OpenLine {
  constructor(
    private _index: number,
    readonly offset: number,
    readonly style: IStyle = PLAIN,
    readonly partial = false
  ) {}

  get index(): number {
    return this._index;
  }

  /** Whether it has no bytes yet. */
  get isEmpty(): boolean {
    return this._isEmpty;
  }

  /** Adds bytes that hold no newline. */
  add(bytes: Uint8Array): void {
    if (!bytes.length) {
      return;
    }
    this._isEmpty = false;
    this._line = null;
    // Returns at the end overwrite nothing unless something follows them.
    let stop = bytes.length;
    while (stop > 0 && bytes[stop - 1] === RETURN) {
      stop--;
    }
    const body = bytes.subarray(0, stop);
    if (stop > 0) {
      const begin = body.lastIndexOf(RETURN) + 1;
      if (begin > 0 || this._returned) {
        this._length = 0;
        this._hidden = 0;
      }
      this._push(body.subarray(begin));
      this._returned = false;
    }
    this._returned ||= stop < bytes.length;
  }

  /** Continues with `rest`, of which this line is the beginning, and takes its place. */
  absorb(rest: ILine): void {
    this._push(encoder.encode(rest.text));
    this._hidden += rest.hidden;
    this._index = rest.index;
    this._line = null;
  }

  /** The line as it is now. */
  get line(): ILine {
    if (this._line === null) {
      const whole = decoder.decode(this._head.subarray(0, this._length));
      const text = cut(whole);
      this._line = {
        index: this.index,
        offset: this.offset,
        text,
        hidden: this._hidden + whole.length - text.length,
        partial: this.partial,
        style: this.style
      };
    }
    return this._line;
  }

  private _push(bytes: Uint8Array): void {
    const kept = bytes.subarray(0, HEAD - this._length);
    const length = this._length + kept.length;
    if (length > this._head.length) {
      const head = new Uint8Array(Math.min(HEAD, Math.max(256, length * 2)));
      head.set(this._head.subarray(0, this._length));
      this._head = head;
    }
    this._head.set(kept, this._length);
    this._length = length;
    for (let i = kept.length; i < bytes.length; i++) {
      // Every byte but a continuation begins a character.
      if ((bytes[i] & 0xc0) !== 0x80) {
        this._hidden++;
      }
    }
  }

  private _head = new Uint8Array(0);
  private _hidden = 0;
  private _isEmpty = true;
  private _length = 0;
  private _line: ILine | null = null;
  private _returned = false;
}

function cut(text: string): string {
  if (text.length <= LONGEST) {
    return text;
  }
  const code = text.charCodeAt(LONGEST - 1);
  const half = code >= 0xd800 && code < 0xdc00;
  return text.slice(0, half ? LONGEST - 1 : LONGEST);
}
