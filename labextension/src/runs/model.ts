import { VDomModel } from '@jupyterlab/ui-components';

import { ISignal, Signal } from '@lumino/signaling';

import { IRunEvent } from '../events';
import { describe, JobsModel, REST } from '../model';
import { Pages } from '../pages';
import { Refresher } from '../refresher';
import { isActive } from '../states';
import { IRun } from '../tokens';
import { IFilters, isFiltered, NO_FILTERS, Order, queryOf } from './filters';

/** Runs of one job, or of all, as filtered and ordered by the server. */
export class RunsModel extends VDomModel {
  /** `isOfJob`: nothing is asked for until `jobId` is set. */
  constructor(
    readonly jobs: JobsModel,
    readonly isOfJob: boolean
  ) {
    super();
    this._pages = new Pages<IRun>(
      async (key, limit, signal) => {
        const query = {
          ...this._query(),
          limit,
          next_key: key,
          count: key === null ? 'true' : undefined
        };
        const page = await jobs.service.runs(query, signal);
        return { ...page, items: page.runs };
      },
      run => run.id
    );
    this._refresher = new Refresher(async () => {
      await this._fetch();
      return this._problem === null;
    });
    jobs.events.runChanged.connect(this._onRun, this);
  }

  /** The newest first, or as ordered; loaded so far. Until there is an answer to a new
   * question, those of the one before. */
  get runs(): readonly IRun[] {
    return this._pages.items;
  }

  /** How many runs match; those that are not loaded count too. */
  get total(): number {
    return this._pages.total;
  }

  /** How many there are without filters, measured or not. */
  get unfiltered(): number {
    return this._isPart ? Math.max(this._all, this.total) : this.total;
  }

  get isFiltered(): boolean {
    return isFiltered(this._filters);
  }

  /** False until the first answer to the present question, good or bad. */
  get isReady(): boolean {
    return this._pages.isFresh || this._problem !== null;
  }

  /** Why the list can't be shown or is not fresh, in words. */
  get problem(): string | null {
    return this._problem;
  }

  get jobId(): string | null {
    return this._jobId;
  }

  set jobId(id: string | null) {
    if (id !== this._jobId) {
      this._jobId = id;
      // Runs of another job are no answer, not even for a moment.
      this._restart(0, false);
    }
  }

  /** Other filters were set. */
  get filtered(): ISignal<this, void> {
    return this._filtered;
  }

  get filters(): IFilters {
    return this._filters;
  }

  /** Shows those that match; what is typed is asked for when the typing rests. */
  set filters(filters: IFilters) {
    const typed = filters.contains !== this._filters.contains;
    this._filters = filters;
    this._filtered.emit();
    this._restart(typed ? REST : 0, true);
  }

  get order(): Order {
    return this._order;
  }

  set order(order: Order) {
    this._order = order;
    this._restart(0, true);
  }

  clearFilters(): void {
    this.filters = { ...NO_FILTERS, allProjects: this._filters.allProjects };
  }

  /** Resolves when what is shown is as new as this call. */
  refresh(): Promise<void> {
    return this._refresher.trigger();
  }

  /** Loads what is in sight: positions `from` to `to`. */
  show(from: number, to: number): void {
    this._sight = [from, to];
    void this._load(to);
    // Runs that go on may have changed since they were loaded.
    const shown = this.runs.slice(from, to + 1);
    if (from > 0 && shown.some(run => isActive(run.state))) {
      void this.refresh();
    }
  }

  /** Loads all runs that match. False if that was given up: another question, or no answer. */
  async loadAll(): Promise<boolean> {
    await this._load(Infinity);
    return this._pages.isFresh && !this._problem && !this._pages.hasMore;
  }

  /** Puts a changed run in its place. */
  replace(run: IRun): void {
    this._pages.replace(run);
    this.stateChanged.emit();
  }

  /** Takes deleted runs out at once. */
  forget(ids: readonly string[]): void {
    this._pages.remove(new Set(ids));
    this.stateChanged.emit();
    void this.refresh();
  }

  dispose(): void {
    if (!this.isDisposed) {
      clearTimeout(this._resting);
      this._pages.restart(false);
      this._refresher.dispose();
      this.jobs.events.runChanged.disconnect(this._onRun, this);
      super.dispose();
    }
  }

  private _onRun(_: unknown, event: IRunEvent): void {
    if (!this.isOfJob || event.job_id === this._jobId) {
      void this.refresh();
    }
  }

  /** Another question. */
  private _restart(delay: number, keep: boolean): void {
    this._pages.restart(keep);
    this._sight = [0, 0];
    this.stateChanged.emit();
    clearTimeout(this._resting);
    this._isResting = delay > 0;
    this._resting = setTimeout(() => {
      this._isResting = false;
      void this.refresh();
    }, delay);
  }

  private async _fetch(): Promise<void> {
    if (this._isResting || (this.isOfJob && this._jobId === null)) {
      return;
    }
    try {
      if (!this.isOfJob && !this.jobs.workspace) {
        // It says which project "this project" is.
        await this.jobs.refresh();
      }
      await Promise.all([this._pages.refresh(...this._sight), this._count()]);
      this._problem = null;
    } catch (error) {
      this._problem = describe(error, this.jobs.trans);
    }
    this.stateChanged.emit();
    void this._load(this._sight[1]);
  }

  private async _load(to: number): Promise<void> {
    try {
      await this._pages.loadTo(to, () => this.stateChanged.emit());
    } catch (error) {
      this._problem = describe(error, this.jobs.trans);
      this.stateChanged.emit();
    }
  }

  /** Whether runs may be left out: orders by a measure have only those that were measured. */
  private get _isPart(): boolean {
    return this.isFiltered || !['newest', 'oldest'].includes(this._order);
  }

  /** Counts what there is without filters. */
  private async _count(): Promise<void> {
    if (this._isPart) {
      const query = { ...this._scope(), limit: 1, count: 'true' };
      this._all = (await this.jobs.service.runs(query)).total ?? 0;
    }
  }

  private _query() {
    const filters = queryOf(this._filters, Date.now());
    return { ...this._scope(), ...filters, order: this._order };
  }

  /** Whose runs. */
  private _scope() {
    return {
      job_id: this._jobId,
      project:
        this.isOfJob || this._filters.allProjects
          ? null
          : this.jobs.workspace?.project.value
    };
  }

  private _all = 0;
  private _filtered = new Signal<this, void>(this);
  private _filters = NO_FILTERS;
  private _isResting = false;
  private _jobId: string | null = null;
  private _order: Order = 'newest';
  private _pages: Pages<IRun>;
  private _problem: string | null = null;
  private _refresher: Refresher;
  private _resting: ReturnType<typeof setTimeout> | undefined;
  private _sight: [number, number] = [0, 0];
}
