import { VDomModel } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';

import { DeployEvents } from './events';
import { Pages } from './pages';
import { Refresher } from './refresher';
import { ProblemError } from './http';
import { DeployService } from './service';
import { isActive } from './states';
import { IEngine, IRecipe, IRun, IStatus, IWorkspace } from './tokens';

/** Active runs of one request: more are only counted as so many. */
const MOST_RUNS = 100;
/** Rows to the end of what is loaded at which more is loaded. */
const NEAR = 20;
/** Milliseconds that typing rests before the server is asked. */
export const REST = 200;

/** All jobs the sidebar shows, the runs now active, and how the server feels. */
export class JobsModel extends VDomModel {
  constructor(
    readonly service: DeployService,
    readonly events: DeployEvents,
    readonly trans: TranslationBundle
  ) {
    super();
    this._pages = new Pages<IRecipe>(
      async (key, limit, signal) => {
        const query = {
          order: 'activity',
          contains: this._contains || undefined,
          project: this._project(),
          limit,
          next_key: key
        };
        const page = await service.recipes(query, signal);
        return { ...page, items: page.recipes };
      },
      recipe => recipe.state.id
    );
    this._refresher = new Refresher(async () => {
      await this._fetch();
      return this._problem === null;
    });
    events.runChanged.connect(this._look, this);
    events.jobChanged.connect(this._look, this);
  }

  /** Jobs that match, loaded so far: what runs, then what is queued, then what changed last.
   * Until there is an answer to what was typed, those of before. */
  get recipes(): readonly IRecipe[] {
    return this._pages.items;
  }

  /** Whether scrolling further loads more. */
  get hasMore(): boolean {
    return this._pages.hasMore;
  }

  /** Active runs of all projects; of many, the latest hundred. */
  get activeRuns(): readonly IRun[] {
    return this._activeRuns;
  }

  /** False until there is an answer, good or bad. */
  get isReady(): boolean {
    return this._pages.isFresh || this._problem !== null;
  }

  /** Why the list can't be shown or is not fresh, in words. */
  get problem(): string | null {
    return this._problem;
  }

  /** What everybody should know, from the server. */
  get warnings(): readonly string[] {
    return this._status?.warnings ?? [];
  }

  /** Who acts on wishes and schedules; null: nobody, undefined: that is not known yet. */
  get engine(): IEngine | null | undefined {
    return this._status?.engine;
  }

  /** Whether a JupyterHub may end this server for being idle. */
  get isCulled(): boolean {
    return this._status?.culled ?? false;
  }

  get workspace(): IWorkspace | null {
    return this._workspace;
  }

  /** Whether jobs of other projects are shown too. */
  get allProjects(): boolean {
    return this._allProjects;
  }

  set allProjects(value: boolean) {
    if (value !== this._allProjects) {
      this._allProjects = value;
      this._restart(0, false);
    }
  }

  /** What the names or commands of the jobs hold that are shown. */
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
      this.events.runChanged.disconnect(this._look, this);
      this.events.jobChanged.disconnect(this._look, this);
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

  private _look(): void {
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
      // The workspace says which project "this project" is.
      this._workspace ??= await this.service.workspace();
      const [status, active] = await Promise.all([
        this.service.status(),
        this.service.runs({ state: 'active', limit: MOST_RUNS }),
        this._isResting ? null : this._pages.refresh(...this._sight)
      ]);
      this._status = status;
      this._activeRuns = active.runs.filter(run => isActive(run.state));
      this._problem = null;
    } catch (error) {
      this._fail(error);
    }
    this.stateChanged.emit();
  }

  private _project(): string | null {
    return this._allProjects ? null : (this._workspace?.project.value ?? null);
  }

  private _fail(error: unknown): void {
    // A list is always there, even an empty one, unless nobody serves it.
    const absent = error instanceof ProblemError && error.status === 404;
    this._problem = absent
      ? this.trans.__(
          'This Jupyter server has no jobs: its extension jupyter_saturn_deploy is not installed or not enabled.'
        )
      : describe(error, this.trans);
    this.stateChanged.emit();
  }

  private _activeRuns: IRun[] = [];
  private _allProjects = false;
  private _contains = '';
  private _isResting = false;
  private _pages: Pages<IRecipe>;
  private _problem: string | null = null;
  private _refresher: Refresher;
  private _resting: ReturnType<typeof setTimeout> | undefined;
  private _sight: [number, number] = [0, 0];
  private _status: IStatus | null = null;
  private _workspace: IWorkspace | null = null;
}

/** An error as a sentence for people. */
export function describe(error: unknown, trans: TranslationBundle): string {
  if (error instanceof ProblemError) {
    return error.message;
  }
  return trans.__('The Jupyter server does not answer.');
}
