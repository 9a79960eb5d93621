import { VDomModel } from '@jupyterlab/ui-components';

import { IJobEvent, IRunEvent } from '../events';
import { describe, JobsModel } from '../model';
import { Pages } from '../pages';
import { Refresher } from '../refresher';
import { IRun, ISlot } from '../tokens';
import { rangeOf, Span } from './axis';

/** Runs, and slots, that are drawn: the latest, at least a week's of one each minute. */
const MOST = 11_000;

/** What a timeline shows of one job: its runs of the last day, week or month, and what became
 * of the slots of its schedule. */
export class TimelineModel extends VDomModel {
  constructor(
    private _jobs: JobsModel,
    private _jobId: string,
    private _span: Span
  ) {
    super();
    const { service } = _jobs;
    const query = (limit: number, next_key: string | null) => ({
      since: new Date(rangeOf(this._span, Date.now()).from).toISOString(),
      limit,
      next_key
    });
    this._runs = new Pages<IRun>(
      async (key, limit, signal) => {
        const asked = { ...query(limit, key), job_id: _jobId };
        const page = await service.runs(asked, signal);
        return { ...page, items: page.runs };
      },
      run => run.id
    );
    this._slots = new Pages<ISlot>(
      async (key, limit, signal) => {
        const page = await service.slots(_jobId, query(limit, key), signal);
        return { ...page, items: page.slots };
      },
      slot => slot.scheduled_for
    );
    this._refresher = new Refresher(() => this._fetch());
    _jobs.events.runChanged.connect(this._look, this);
    _jobs.events.jobChanged.connect(this._look, this);
    void this.refresh();
  }

  get span(): Span {
    return this._span;
  }

  set span(span: Span) {
    if (span !== this._span) {
      this._span = span;
      this._runs.restart(true);
      this._slots.restart(true);
      this.stateChanged.emit();
      void this.refresh();
    }
  }

  /** The newest first; those of before until there is an answer. */
  get runs(): readonly IRun[] {
    return this._runs.items;
  }

  get slots(): readonly ISlot[] {
    return this._slots.items;
  }

  /** There are more runs than are drawn. */
  get hasMore(): boolean {
    return this._runs.isFresh && this._runs.hasMore;
  }

  get isReady(): boolean {
    return this._runs.isFresh;
  }

  /** Why it is not fresh, in words. */
  get problem(): string | null {
    return this._problem;
  }

  refresh(): Promise<void> {
    return this._refresher.trigger();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._runs.restart(false);
      this._slots.restart(false);
      this._refresher.dispose();
      this._jobs.events.runChanged.disconnect(this._look, this);
      this._jobs.events.jobChanged.disconnect(this._look, this);
      super.dispose();
    }
  }

  private _look(_: unknown, event: IRunEvent | IJobEvent): void {
    if (event.job_id === this._jobId) {
      void this.refresh();
    }
  }

  private async _fetch(): Promise<boolean> {
    const emit = () => this.stateChanged.emit();
    try {
      await Promise.all([this._runs.refresh(), this._slots.refresh()]);
      this._problem = null;
      emit();
      await Promise.all([
        this._runs.loadTo(MOST - 1, emit),
        this._slots.loadTo(MOST - 1, emit)
      ]);
    } catch (error) {
      this._problem = describe(error, this._jobs.trans);
      emit();
    }
    return this._problem === null;
  }

  private _problem: string | null = null;
  private _refresher: Refresher;
  private _runs: Pages<IRun>;
  private _slots: Pages<ISlot>;
}
