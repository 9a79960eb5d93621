import { VDomModel } from '@jupyterlab/ui-components';
import { ISignal, Signal } from '@lumino/signaling';

import { IJobEvent, IRunEvent } from '../events';
import { describe, JobsModel } from '../model';
import { Refresher } from '../refresher';
import { RunsModel } from '../runs/model';
import { ProblemError } from '../http';
import { IRecipe, IRun } from '../tokens';

/** One job with its runs; one of them is selected. */
export class JobModel extends VDomModel {
  constructor(
    private _name: string,
    private _jobs: JobsModel
  ) {
    super();
    this.runs = new RunsModel(_jobs, true);
    this._refresher = new Refresher(async () => {
      await this._fetch();
      return this._problem === null || this._isGone;
    });
    _jobs.events.runChanged.connect(this._onRun, this);
    _jobs.events.jobChanged.connect(this._onJob, this);
  }

  readonly runs: RunsModel;

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

  /** The run whose log is shown: the one selected, else the one that the job's state is of. */
  get selected(): IRun | null {
    return this._selectedId === null ? this._current : this._selected;
  }

  /** Shows a run; the one that the job's state is of is followed by the next such one. */
  select(runId: string): void {
    this._selectedId = runId === this._current?.id ? null : runId;
    this._selected = this.runs.runs.find(run => run.id === runId) ?? null;
    this.stateChanged.emit();
    void this.refresh();
  }

  refresh(): Promise<void> {
    return this._refresher.trigger();
  }

  /** Shows no run that was deleted. */
  forget(runIds: string[]): void {
    if (this._selectedId !== null && runIds.includes(this._selectedId)) {
      this._selectedId = null;
    }
    void this.refresh();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.runs.dispose();
      this._refresher.dispose();
      this._jobs.events.runChanged.disconnect(this._onRun, this);
      this._jobs.events.jobChanged.disconnect(this._onJob, this);
      super.dispose();
    }
  }

  private get _current(): IRun | null {
    return this._recipe?.state['x-jupyter'].last_run ?? null;
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
      this._recipe = await service.recipe(this._name);
      // Another job may have taken the name of one that was deleted.
      this.runs.jobId = this._recipe.state.id;
      await this._fetchSelected();
      this._problem = null;
      this._isGone = false;
    } catch (error) {
      this._isGone = error instanceof ProblemError && error.status === 404;
      this._problem = describe(error, trans);
    }
    this.stateChanged.emit();
  }

  private async _fetchSelected(): Promise<void> {
    const id = this._selectedId;
    if (id === null || id === this._current?.id) {
      // A tab that was opened on the run the job's state is of goes on to the next one.
      this._selectedId = null;
      return;
    }
    const run = await this._jobs.service.run(id).catch(error => {
      if (error instanceof ProblemError && error.status === 404) {
        return null;
      }
      throw error;
    });
    if (id === this._selectedId) {
      this._selected = run;
      this._selectedId = run && id;
    }
  }

  private _isGone = false;
  private _problem: string | null = null;
  private _recipe: IRecipe | null = null;
  private _refresher: Refresher;
  private _renamed = new Signal<this, void>(this);
  private _selected: IRun | null = null;
  private _selectedId: string | null = null;
}
