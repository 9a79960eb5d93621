import { VDomModel } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';

import { DeployEvents } from './events';
import { Refresher } from './refresher';
import { DeployService, ProblemError } from './service';
import { isActive } from './states';
import { IRecipe, IRun, IStatus, IWorkspace } from './tokens';

/** Jobs of one request: hardly anybody has more. */
const PAGE = 500;
/** Active runs of one request: more are only counted as so many. */
const MOST_RUNS = 100;

/** All jobs the sidebar shows, the runs now active, and how the server feels. */
export class JobsModel extends VDomModel {
  constructor(
    readonly service: DeployService,
    readonly events: DeployEvents,
    readonly trans: TranslationBundle
  ) {
    super();
    this._refresher = new Refresher(async () => {
      await this._fetch();
      return this._problem === null;
    });
    events.runChanged.connect(this._look, this);
    events.jobChanged.connect(this._look, this);
  }

  /** Jobs loaded so far, by name. */
  get recipes(): readonly IRecipe[] {
    return this._recipes;
  }

  /** Whether scrolling further loads more. */
  get hasMore(): boolean {
    return this._nextKey !== null;
  }

  /** Whether all jobs came in one page. */
  get isWhole(): boolean {
    return this._isWhole;
  }

  /** Active runs of all projects; of many, the latest hundred. */
  get activeRuns(): readonly IRun[] {
    return this._activeRuns;
  }

  /** False until the first answer, good or bad. */
  get isReady(): boolean {
    return this._isReady;
  }

  /** Why the list can't be shown or is not fresh, in words. */
  get problem(): string | null {
    return this._problem;
  }

  /** What everybody should know, from the server. */
  get warnings(): readonly string[] {
    const status = this._status;
    if (!status) {
      return [];
    }
    return status.warnings;
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
      this._recipes = [];
      this._nextKey = null;
      this._isReady = false;
      this.stateChanged.emit();
      void this.refresh();
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
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

  /** Loads the next page of jobs. */
  async loadMore(): Promise<void> {
    const key = this._nextKey;
    if (key === null || this._loadingKey === key) {
      return;
    }
    this._loadingKey = key;
    try {
      const project = this._project();
      const page = await this._page(project, key);
      // A refresh in between has begun a new list.
      if (this._nextKey === key && project === this._project()) {
        this._recipes = [...this._recipes, ...page.recipes];
        this._nextKey = page.next_key;
        this.stateChanged.emit();
      }
    } catch (error) {
      this._fail(error);
    } finally {
      this._loadingKey = null;
    }
  }

  private _look(): void {
    void this.refresh();
  }

  private async _fetch(): Promise<void> {
    try {
      // The workspace says which project "this project" is.
      this._workspace ??= await this.service.workspace();
      const project = this._project();
      const [status, recipes, active] = await Promise.all([
        this.service.status(),
        this._loadedAgain(project),
        this.service.runs({ state: 'active', limit: MOST_RUNS })
      ]);
      if (project !== this._project()) {
        return;
      }
      this._status = status;
      this._recipes = recipes.recipes;
      this._nextKey = recipes.next_key;
      this._isWhole = recipes.isWhole;
      this._activeRuns = active.runs.filter(run => isActive(run.state));
      this._problem = null;
    } catch (error) {
      this._fail(error);
    }
    this._isReady = true;
    this.stateChanged.emit();
  }

  /** As many pages as were loaded before. */
  private async _loadedAgain(project: string | null) {
    const wanted = this._recipes.length;
    const loaded = await this._page(project, null);
    const isWhole = loaded.next_key === null;
    while (loaded.next_key !== null && loaded.recipes.length < wanted) {
      const page = await this._page(project, loaded.next_key);
      loaded.recipes.push(...page.recipes);
      loaded.next_key = page.next_key;
    }
    return { ...loaded, isWhole };
  }

  private _page(project: string | null, key: string | null) {
    return this.service.recipes({ project, limit: PAGE, next_key: key });
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
  private _isReady = false;
  private _isWhole = false;
  private _loadingKey: string | null = null;
  private _nextKey: string | null = null;
  private _problem: string | null = null;
  private _recipes: IRecipe[] = [];
  private _refresher: Refresher;
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
