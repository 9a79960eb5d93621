/** Milliseconds between requests: a log that grows would ask all the time. */
const GAP = 1000;

/** When which bytes were written, for the parts of a log that were asked for. */
export class LogTimes {
  /** `fetch` gives the marks of the bytes from `start` to `end`. */
  constructor(
    private _fetch: (
      start: number,
      end: number
    ) => Promise<{ marks: [number, string][] }>
  ) {}

  /** Gets what is not known of `[start, end)`, soon; then calls `known`. */
  ask(start: number, end: number, known: () => void): void {
    const missing = this.missing(start, end);
    if (!missing || this._isAsking) {
      return;
    }
    this._isAsking = true;
    this._fetch(...missing)
      .then(({ marks }) => {
        this.add(...missing, marks);
        known();
      })
      // Without times the log is still a log; they are asked for again.
      .catch(() => undefined)
      .then(() => new Promise(resolve => setTimeout(resolve, GAP)))
      .then(() => {
        this._isAsking = false;
        known();
      });
  }

  /** The part of `[start, end)` that is not known yet, or null. */
  missing(start: number, end: number): [number, number] | null {
    if (this._start === null || end < this._start || start > this._end) {
      return start < end ? [start, end] : null;
    }
    if (start < this._start) {
      return [start, this._start];
    }
    return end > this._end ? [this._end, end] : null;
  }

  /** Notes the marks of `[start, end)`, in order. */
  add(start: number, end: number, marks: [number, string][]): void {
    if (this._start === null || end < this._start || start > this._end) {
      this._start = start;
      this._end = end;
      this._marks = marks;
      return;
    }
    const before = this._marks.filter(([offset]) => offset < start);
    const after = this._marks.filter(([offset]) => offset >= end);
    this._marks = [...before, ...marks, ...after];
    this._start = Math.min(start, this._start);
    this._end = Math.max(end, this._end);
  }

  /** When the byte at `offset` was written, or null if that was not asked for. */
  at(offset: number): string | null {
    if (this._start === null || offset < this._start || offset >= this._end) {
      return null;
    }
    let [low, high] = [0, this._marks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this._marks[middle][0] <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low ? this._marks[low - 1][1] : null;
  }

  private _end = 0;
  private _isAsking = false;
  private _marks: [number, string][] = [];
  private _start: number | null = null;
}
