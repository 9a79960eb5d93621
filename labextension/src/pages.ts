/** What the server gives of a list at a time; `next_key` asks for what follows. */
export interface IPage<T> {
  items: T[];
  next_key: string | null;
  /** Of the whole list, if it was counted. */
  total?: number;
}

/** Gives up to `limit` items that follow `key`, or the first ones. */
export type FetchPage<T> = (
  key: string | null,
  limit: number,
  signal: AbortSignal
) => Promise<IPage<T>>;

/** Items of one request: usually, and the most that the server gives. */
const PAGE = 100;
const MOST = 500;

/**
 * A long list of the server's, of which the beginning is kept, and looked at again in parts.
 *
 * A page that is fetched again takes the place of what it covers, whatever came, went or
 * moved meanwhile; no item is ever kept twice. Only one request is under way at a time.
 * After `restart` no answer to an earlier question is taken any more: what waited for one
 * resolves without an effect. Methods reject when the server can't be asked.
 */
export class Pages<T> {
  constructor(
    private _fetch: FetchPage<T>,
    private _idOf: (item: T) => string
  ) {}

  /** What was loaded so far; until there is an answer to a new question, those of the old one. */
  get items(): readonly T[] {
    return this._items;
  }

  /** Whether the present question has an answer. */
  get isFresh(): boolean {
    return this._isFresh;
  }

  /** Whether there is more to load. */
  get hasMore(): boolean {
    return this._nextKey !== null;
  }

  /** Length of the whole list, as far as it is known. */
  get total(): number {
    const isWhole = this._isFresh && !this.hasMore;
    const loaded = this._items.length;
    return isWhole ? loaded : Math.max(this._total, loaded);
  }

  /** Another question: ends what is under way. `keep`: the items stay until it is answered. */
  restart(keep: boolean): void {
    this._aborter.abort();
    this._aborter = new AbortController();
    this._isFresh = false;
    this._keys.clear();
    this._nextKey = null;
    if (!keep) {
      this._items = [];
      this._total = 0;
    }
  }

  /** Looks again at the first page and at those that hold positions `from` to `to`. */
  async refresh(from = 0, to = 0): Promise<void> {
    const starts = this._starts();
    const due = starts.filter((start, at) => {
      const end = starts[at + 1] ?? Infinity;
      return start === 0 || (start <= to && end > from);
    });
    // By the item before it: positions change as pages come.
    const after = due.map(start =>
      start === 0 ? null : this._idOf(this._items[start - 1])
    );
    for (const id of after) {
      await this._alone(signal => this._again(id, signal));
    }
  }

  /** Loads until there is an item at position `at`, or no more; `progress` hears of each page. */
  async loadTo(at: number, progress: () => void): Promise<void> {
    const { signal } = this._aborter;
    while (this.hasMore && this._items.length <= at && !signal.aborted) {
      await this._alone(current => this._further(at, current));
      if (!signal.aborted) {
        progress();
      }
    }
  }

  /** Takes items out. */
  remove(ids: ReadonlySet<string>): void {
    const left = this._items.filter(item => !ids.has(this._idOf(item)));
    this._total -= this._items.length - left.length;
    this._items = left;
  }

  /** Puts an item in the place of that with its id, if there is one. */
  replace(item: T): void {
    const id = this._idOf(item);
    this._items = this._items.map(old => (this._idOf(old) === id ? item : old));
  }

  /** Runs `work` when what was begun before has ended, unless the list is another by then. */
  private async _alone(
    work: (signal: AbortSignal) => Promise<void>
  ): Promise<void> {
    const { signal } = this._aborter;
    const before = this._last;
    const mine = (async () => {
      await before.catch(() => undefined);
      if (!signal.aborted) {
        await work(signal);
      }
    })().catch(error => {
      if (!signal.aborted) {
        throw error;
      }
    });
    this._last = mine;
    return mine;
  }

  private async _further(at: number, signal: AbortSignal): Promise<void> {
    const wanted = at + 1 - this._items.length;
    if (wanted <= 0 || !this.hasMore) {
      return; // Another had asked for it before.
    }
    const limit = Math.min(MOST, Math.max(PAGE, wanted));
    const page = await this._fetch(this._nextKey, limit, signal);
    this._take(this._items.length, page, signal);
  }

  /** Fetches the page behind the item `id` again, or the first. */
  private async _again(id: string | null, signal: AbortSignal): Promise<void> {
    const start = id === null ? 0 : this._place(id);
    const key = id === null ? null : this._keys.get(id);
    if (start < 0 || key === undefined) {
      return;
    }
    const end = this._starts().find(other => other > start);
    const length = this._isFresh ? (end ?? this._items.length) - start : 0;
    const limit = Math.min(MOST, Math.max(PAGE, length));
    const page = await this._fetch(key, limit, signal);
    const now = id === null ? 0 : this._place(id);
    if (now >= 0) {
      this._take(now, page, signal);
    }
  }

  /** Puts a page at a position, in place of what it covers. */
  private _take(at: number, page: IPage<T>, signal: AbortSignal): void {
    if (signal.aborted) {
      return;
    }
    if (!this._isFresh) {
      this._items = [];
      this._isFresh = true;
    }
    const ids = page.items.map(this._idOf);
    const fresh = new Set(ids);
    const lastId = ids[ids.length - 1];
    const end = lastId === undefined ? 0 : this._place(lastId);
    const isNew = (item: T) => !fresh.has(this._idOf(item));
    // What lies behind a page that ends at nothing known can't be joined to it.
    const joins = page.next_key !== null && end > at;
    const tail = joins ? this._items.slice(end).filter(isNew) : [];
    this._items = [
      ...this._items.slice(0, at).filter(isNew),
      ...page.items,
      ...tail
    ];
    ids.forEach(id => this._keys.delete(id));
    if (page.next_key !== null && lastId !== undefined) {
      this._keys.set(lastId, page.next_key);
    }
    if (!tail.length) {
      this._nextKey = page.next_key;
    }
    this._total = page.total ?? this._total;
  }

  /** Position behind the item `id`; -1 if it is not there. */
  private _place(id: string): number {
    const at = this._items.findIndex(item => this._idOf(item) === id);
    return at < 0 ? -1 : at + 1;
  }

  /** Positions at which pages begin. */
  private _starts(): number[] {
    const starts = [0];
    this._items.forEach((item, at) => {
      if (at + 1 < this._items.length && this._keys.has(this._idOf(item))) {
        starts.push(at + 1);
      }
    });
    return starts;
  }

  private _aborter = new AbortController();
  private _isFresh = false;
  private _items: readonly T[] = [];
  /** What asks for what follows an item, for the last items of pages. */
  private _keys = new Map<string, string>();
  private _last: Promise<void> = Promise.resolve();
  private _nextKey: string | null = null;
  private _total = 0;
}
