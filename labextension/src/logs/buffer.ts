import { PLAIN, styleAfter } from './ansi';
import { ILine, OpenLine } from './line';

/** Bytes and lines kept at most; what is far from the reader goes. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_LINES = 50_000;
/** The share that stays when something goes: it should not go line by line. */
const KEEP = 0.75;
const NEWLINE = 0x0a;

/** The lines of one contiguous window `[start, end)` of a log's bytes. */
export class LogBuffer {
  get start(): number {
    return this._lines[0]?.offset ?? this._open.offset;
  }

  get end(): number {
    return this._end;
  }

  /** Lines that can be shown: a last one without a newline is among them. */
  get length(): number {
    return this._lines.length + (this._open.isEmpty ? 0 : 1);
  }

  line(at: number): ILine {
    return at < this._lines.length ? this._lines[at] : this._open.line;
  }

  /** Position of the line that holds the byte at `offset`, or -1 if it is not in the window. */
  find(offset: number): number {
    if (!this.length || offset < this.start || offset >= this._end) {
      return -1;
    }
    let [low, high] = [0, this.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.line(middle).offset <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Empties the window; it begins anew at `offset`, which begins a line if `aligned`. */
  reset(offset: number, aligned = true): void {
    this._lines = [];
    this._open = new OpenLine(0, offset, PLAIN, !aligned);
    this._end = offset;
  }

  /** Adds bytes at the end. What is there already is ignored; so is what would leave a gap.
   * Returns the number of lines that were completed. */
  append(bytes: Uint8Array, offset: number): number {
    if (offset > this._end) {
      return 0;
    }
    const fresh = bytes.subarray(this._end - offset);
    let from = 0;
    let completed = 0;
    for (;;) {
      const newline = fresh.indexOf(NEWLINE, from);
      if (newline < 0) {
        this._open.add(fresh.subarray(from));
        break;
      }
      this._open.add(fresh.subarray(from, newline));
      from = newline + 1;
      this._close(this._end + from);
      completed++;
    }
    this._end += fresh.length;
    return completed;
  }

  /** The next `length` bytes were given back. */
  hole(offset: number, length: number): void {
    if (offset !== this._end) {
      return;
    }
    if (!this._open.isEmpty) {
      this._close(offset);
    }
    const { index } = this._open;
    const text = '';
    const nothing = { index, offset, text, hidden: 0, partial: false };
    this._lines.push({ ...nothing, style: PLAIN, hole: length });
    this._end = offset + length;
    this._open = new OpenLine(index, this._end, PLAIN, true);
  }

  /** Adds bytes that end where the window starts; they begin a line if `aligned`. */
  prepend(bytes: Uint8Array, offset: number, aligned: boolean): void {
    if (offset + bytes.length !== this.start) {
      return;
    }
    const front = new LogBuffer();
    front.reset(offset, aligned);
    front.append(bytes, offset);
    front.align();
    if (!front._open.isEmpty) {
      this._mergeFirst(front._open);
    }
    const rest = this._lines;
    const shift =
      (this._lines[0]?.index ?? this._open.index) - front._lines.length;
    const early = front._lines.map((line, i) => ({
      ...line,
      index: shift + i
    }));
    this._lines = early.concat(rest);
    this._restyle(early.length);
  }

  /** Drops a first line whose beginning is missing, if there is another. */
  align(): void {
    if (this.length > 1 && this._lines[0].partial) {
      this._lines.shift();
    }
  }

  /** Gives up lines at the far end of the reader when there are too many. Whether it did. */
  trim(far: 'start' | 'end'): boolean {
    if (
      this._end - this.start <= MOST_BYTES &&
      this._lines.length <= MOST_LINES
    ) {
      return false;
    }
    const lines = Math.floor(MOST_LINES * KEEP);
    const bytes = Math.floor(MOST_BYTES * KEEP);
    if (far === 'start') {
      const least = this._end - bytes;
      const byBytes = this._lines.findIndex(line => line.offset >= least);
      const first = Math.max(
        this._lines.length - lines,
        byBytes < 0 ? this._lines.length : byBytes
      );
      this._lines = this._lines.slice(first);
    } else {
      const most = this.start + bytes;
      const byBytes = this._lines.findIndex(line => line.offset > most);
      const stop = Math.min(lines, byBytes < 0 ? this._lines.length : byBytes);
      const next = this._lines[stop] ?? this._open;
      this._lines = this._lines.slice(0, stop);
      this._end = next.offset;
      this._open = new OpenLine(next.index, next.offset, next.style);
    }
    return true;
  }

  private _close(next: number): void {
    const { line } = this._open;
    this._lines.push(line);
    this._open = new OpenLine(
      line.index + 1,
      next,
      styleAfter(line.text, line.style)
    );
  }

  /** The window began in the middle of a line, of which this is what comes before. */
  private _mergeFirst(beginning: OpenLine): void {
    const first = this.line(0);
    beginning.absorb(first);
    if (this._lines.length) {
      this._lines[0] = beginning.line;
    } else {
      this._open = beginning;
    }
  }

  /** Carries the looks at the end of earlier lines into those after them. */
  private _restyle(from: number): void {
    for (let i = from; i > 0 && i < this._lines.length; i++) {
      const before = this._lines[i - 1];
      const style = styleAfter(before.text, before.style);
      if (JSON.stringify(style) === JSON.stringify(this._lines[i].style)) {
        return;
      }
      this._lines[i] = { ...this._lines[i], style };
    }
  }

  private _end = 0;
  private _lines: ILine[] = [];
  private _open = new OpenLine(0, 0);
}
