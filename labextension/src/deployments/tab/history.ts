import { VDomModel } from '@jupyterlab/ui-components';

import { IDeploymentEvent, IInstanceEvent } from '../../events';
import { describe } from '../../http';
import { Pages } from '../../pages';
import { Refresher } from '../../refresher';
import { IRevision } from '../../tokens';
import { DeploymentsModel } from '../model';

/** The revisions of one deployment, newest first, without a gap. */
export class HistoryModel extends VDomModel {
  constructor(
    private _deployments: DeploymentsModel,
    private _id: string
  ) {
    super();
    const { service, events } = _deployments;
    this._pages = new Pages<IRevision>(
      async (next_key, limit) => {
        const page = await service.revisions(_id, { limit, next_key });
        return { items: page.revisions, next_key: page.next_key };
      },
      ({ number }) => `${number}`
    );
    this._refresher = new Refresher(async () => {
      await this._try(() => this._pages.refresh());
      return this._problem === null;
    });
    events.instanceChanged.connect(this._onEvent, this);
    events.deploymentChanged.connect(this._onEvent, this);
  }

  get revisions(): readonly IRevision[] {
    return this._pages.items;
  }

  get isReady(): boolean {
    return this._pages.isFresh;
  }

  get hasMore(): boolean {
    return this._pages.hasMore;
  }

  /** Why they can't be shown or are not fresh. */
  get problem(): string | null {
    return this._problem;
  }

  /** Loads the next ones. */
  loadMore(): Promise<void> {
    const next = this._pages.items.length;
    return this._try(() => this._pages.loadTo(next, () => undefined));
  }

  dispose(): void {
    if (!this.isDisposed) {
      const { events } = this._deployments;
      this._pages.restart(false);
      this._refresher.dispose();
      events.instanceChanged.disconnect(this._onEvent, this);
      events.deploymentChanged.disconnect(this._onEvent, this);
      super.dispose();
    }
  }

  private _onEvent(_: unknown, event: IInstanceEvent | IDeploymentEvent): void {
    if (event.deployment_id === this._id) {
      void this._refresher.trigger();
    }
  }

  private async _try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this._problem = null;
    } catch (error) {
      this._problem = describe(error, this._deployments.trans);
    }
    this.stateChanged.emit();
  }

  private _pages: Pages<IRevision>;
  private _problem: string | null = null;
  private _refresher: Refresher;
}
