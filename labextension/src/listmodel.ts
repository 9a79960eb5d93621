import { VDomModel } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';

import { describe, Page, ProblemError, Query } from './http';
import { Pages } from './pages';
import { Refresher } from './refresher';

/** Rows to the end of what is loaded at which more is loaded. */
const NEAR = 20;
/** Milliseconds that typing rests before the server is asked. */
export const REST = 200;

/** What gives a list of resources, a page at a time. */
export interface IListService<T> {
  recipes(query: Query, signal?: AbortSignal): Promise<Page<'recipes', T>>;
}

/** The resources of one kind that the sidebar shows, looked at again when something changed. */
export abstract class ListModel<
  T extends { state: { id: string } }
> extends VDomModel {
  constructor(
    list: IListService<T>,
    readonly trans: TranslationBundle
  ) {
    super();
    this._pages = new Pages<T>(
      async (key, limit, signal) => {
        const query = {
          order: 'activity',
          contains: this._contains || undefined,
          project: this._allProjects ? null : this._project,
          limit,
          next_key: key
        };
        const page = await list.recipes(query, signal);
        return { ...page, items: page.recipes };
      },
      recipe => recipe.state.id
    );
    this._refresher = new Refresher(async () => {
      await this._fetch();
      return this._problem === null;
    });
  }

  /** Those that match, loaded so far: what runs, then what changed last. Until there is an
   * answer to what was typed, those of before. */
  get items(): readonly T[] {
    return this._pages.items;
  }

  /** Whether scrolling further loads more. */
  get hasMore(): boolean {
    return this._pages.hasMore;
  }

  /** False until there is an answer, good or bad. */
  get isReady(): boolean {
    return this._pages.isFresh || this._problem !== null;
  }

  /** Why the list can't be shown or is not fresh, in words. */
  get problem(): string | null {
    return this._problem;
  }

  /** Whether those of other projects are shown too. */
  get allProjects(): boolean {
    return this._allProjects;
  }

  set allProjects(value: boolean) {
    if (value !== this._allProjects) {
      this._allProjects = value;
      this._restart(0, false);
    }
  }

  /** What the names or commands hold of those that are shown. */
  get contains(): string {
    return this._contains;
  }

  /** The server is asked when the typing rests. */
  set contains(text: string) {
    const contains = text.trim();
    if (contains !== this._contains) {
      this._contains = contains;
      this._restart(REST, true);
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      clearTimeout(this._resting);
      this._pages.restart(false);
      this._refresher.dispose();
      super.dispose();
    }
  }

  /** Resolves when what is shown is as new as this call. */
  refresh(): Promise<void> {
    return this._refresher.trigger();
  }

  /** Loads what is in sight: positions `from` to `to`. */
  show(from: number, to: number): void {
    this._sight = [from, to];
    // The next page comes before its place is in sight.
    const next = this._pages.items.length - to < NEAR ? to + NEAR : to;
    this._pages
      .loadTo(next, () => this.stateChanged.emit())
      .catch(error => this._fail(error));
  }

  /** Absolute path of the project of this server. */
  protected abstract project(): Promise<string>;

  /** What to say where nobody serves the list. */
  protected abstract get absent(): string;

  /** Looks at what else is shown. */
  protected async lookAround(): Promise<void> {
    // Not everybody shows more than the list.
  }

  /** For signals that say "look again". */
  protected look(): void {
    void this.refresh();
  }

  /** Another list. */
  private _restart(delay: number, keep: boolean): void {
    this._pages.restart(keep);
    this.stateChanged.emit();
    this._sight = [0, 0];
    clearTimeout(this._resting);
    this._isResting = true;
    this._resting = setTimeout(() => {
      this._isResting = false;
      void this.refresh();
    }, delay);
  }

  private async _fetch(): Promise<void> {
    try {
      // It says which project "this project" is.
      this._project = await this.project();
      await Promise.all([
        this.lookAround(),
        this._isResting ? null : this._pages.refresh(...this._sight)
      ]);
      this._problem = null;
    } catch (error) {
      this._fail(error);
    }
    this.stateChanged.emit();
  }

  private _fail(error: unknown): void {
    // A list is always there, even an empty one, unless nobody serves it.
    const isAbsent = error instanceof ProblemError && error.status === 404;
    this._problem = isAbsent ? this.absent : describe(error, this.trans);
    this.stateChanged.emit();
  }

  private _allProjects = false;
  private _contains = '';
  private _isResting = false;
  private _pages: Pages<T>;
  private _problem: string | null = null;
  private _project: string | null = null;
  private _refresher: Refresher;
  private _resting: ReturnType<typeof setTimeout> | undefined;
  private _sight: [number, number] = [0, 0];
}
