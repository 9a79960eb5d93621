import { VDomModel } from '@jupyterlab/ui-components';
import { ISignal, Signal } from '@lumino/signaling';

import { IJobEvent, IRunEvent } from '../events';
import { describe, JobsModel } from '../model';
import { Refresher } from '../refresher';
import { Page, ProblemError } from '../service';
import { isActive } from '../states';
import { IRecipe, IRun } from '../tokens';

/** Runs of one request. */
const PAGE = 50;

/** One job with its runs, newest first; one of them is selected. */
export class JobModel extends VDomModel {
  constructor(
    private _name: string,
    private _jobs: JobsModel
  ) {
    super();
    this._refresher = new Refresher(async () => {
      await this._fetch();
      return this._problem === null || this._isGone;
    });
    _jobs.events.runChanged.connect(this._onRun, this);
    _jobs.events.jobChanged.connect(this._onJob, this);
  }

  get name(): string {
    return this._name;
  }

  /** The job has another name now. */
  get renamed(): ISignal<this, void> {
    return this._renamed;
  }

  get recipe(): IRecipe | null {
    return this._recipe;
  }

  /** Why the job can't be shown or is not fresh. */
  get problem(): string | null {
    return this._problem;
  }

  /** Whether there is no such job. */
  get isGone(): boolean {
    return this._isGone;
  }

  get runs(): readonly IRun[] {
    return this._runs;
  }

  get hasMore(): boolean {
    return this._nextKey !== null;
  }

  /** The run whose log is shown: the one selected, else the one that the job's state is of. */
  get selected(): IRun | null {
    if (this._selectedId === null) {
      return this._current;
    }
    return (
      this._runs.find(run => run.id === this._selectedId) ?? this._selectedRun
    );
  }

  /** Shows a run; the one that the job's state is of is followed by the next such one. */
  select(runId: string): void {
    this._selectedId = runId === this._current?.id ? null : runId;
    this.stateChanged.emit();
    if (this.selected?.id !== runId) {
      void this.refresh();
    }
  }

  refresh(): Promise<void> {
    return this._refresher.trigger();
  }

  async loadMore(): Promise<void> {
    const key = this._nextKey;
    const id = this._recipe?.state.id;
    if (key === null || this._loadingKey === key || !id) {
      return;
    }
    this._loadingKey = key;
    try {
      const query = { limit: PAGE, next_key: key };
      const page = await this._jobs.service.jobRuns(id, query);
      if (this._nextKey === key) {
        this._runs = [...this._runs, ...page.runs];
        this._nextKey = page.next_key;
      }
    } catch (error) {
      this._problem = describe(error, this._jobs.trans);
    }
    this._loadingKey = null;
    this.stateChanged.emit();
  }

  /** Takes deleted runs out at once; a refresh only looks at the newest. */
  forget(runIds: string[]): void {
    if (!runIds.length) {
      return;
    }
    this._runs = this._runs.filter(run => !runIds.includes(run.id));
    if (this._selectedId !== null && runIds.includes(this._selectedId)) {
      this._selectedId = null;
      this._selectedRun = null;
    }
    this.stateChanged.emit();
    void this.refresh();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._refresher.dispose();
      this._jobs.events.runChanged.disconnect(this._onRun, this);
      this._jobs.events.jobChanged.disconnect(this._onJob, this);
      super.dispose();
    }
  }

  private get _current(): IRun | null {
    const id = this._recipe?.state['x-jupyter'].last_run?.id;
    return this._runs.find(run => run.id === id) ?? this._runs[0] ?? null;
  }

  private _onRun(_: unknown, event: IRunEvent): void {
    // By name while the job is asked for: what changes meanwhile counts too.
    const id = this._recipe?.state.id;
    if (id ? event.job_id === id : event.job_name === this._name) {
      void this.refresh();
    }
  }

  private _onJob(_: unknown, event: IJobEvent): void {
    const id = this._recipe?.state.id;
    if (event.job_id === id && event.change === 'deleted') {
      this._isGone = true;
      this.stateChanged.emit();
      return;
    }
    if (event.job_id === id) {
      this._rename(event.name);
    }
    if (event.job_id === id || event.name === this._name) {
      void this.refresh();
    }
  }

  private _rename(name: string): void {
    if (name !== this._name) {
      this._name = name;
      this._renamed.emit();
    }
  }

  private async _fetch(): Promise<void> {
    const { service, trans } = this._jobs;
    try {
      const recipe = await service.recipe(this._name);
      const id = recipe.state.id;
      if (id !== this._recipe?.state.id) {
        // Another job took the name of one that was deleted.
        this._runs = [];
        this._nextKey = null;
      }
      const { runs, next_key } = await this._newest(id);
      this._recipe = recipe;
      this._merge(runs, next_key);
      await this._refreshSelected();
      this._problem = null;
      this._isGone = false;
    } catch (error) {
      this._isGone = error instanceof ProblemError && error.status === 404;
      this._problem = describe(error, trans);
    }
    this.stateChanged.emit();
  }

  /** The newest page, and those after it that hold runs which may have changed. */
  private async _newest(id: string): Promise<Page<'runs', IRun>> {
    const { service } = this._jobs;
    const newest = await service.jobRuns(id, { limit: PAGE });
    const active = this._runs.filter(run => isActive(run.state));
    const oldest = active.at(-1)?.number ?? Infinity;
    while (newest.next_key !== null && newest.runs.at(-1)!.number > oldest) {
      const { next_key } = newest;
      const page = await service.jobRuns(id, { limit: PAGE, next_key });
      newest.runs.push(...page.runs);
      newest.next_key = page.next_key;
    }
    return newest;
  }

  /** Puts the newest pages in place of what they cover; older pages stay as they are. */
  private _merge(newest: IRun[], nextKey: string | null): void {
    const last = newest.at(-1)?.id;
    const at = this._runs.findIndex(run => run.id === last);
    if (nextKey === null || at < 0) {
      this._runs = newest;
      this._nextKey = nextKey;
    } else {
      const key = this._runs.length > at + 1 ? this._nextKey : nextKey;
      this._runs = [...newest, ...this._runs.slice(at + 1)];
      this._nextKey = key;
    }
  }

  /** Looks again at a selected run that isn't listed. */
  private async _refreshSelected(): Promise<void> {
    const id = this._selectedId;
    if (id !== null && !this._runs.some(run => run.id === id)) {
      this._selectedRun = await this._jobs.service.run(id).catch(() => null);
      if (!this._selectedRun) {
        this._selectedId = null;
      }
    }
  }

  private _isGone = false;
  private _loadingKey: string | null = null;
  private _nextKey: string | null = null;
  private _problem: string | null = null;
  private _recipe: IRecipe | null = null;
  private _refresher: Refresher;
  private _renamed = new Signal<this, void>(this);
  private _runs: IRun[] = [];
  private _selectedId: string | null = null;
  private _selectedRun: IRun | null = null;
}
