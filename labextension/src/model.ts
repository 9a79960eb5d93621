import { TranslationBundle } from '@jupyterlab/translation';

import { DeployEvents } from './events';
import { ListModel } from './listmodel';
import { DeployService } from './service';
import { isActive } from './states';
import { IEngine, IRecipe, IRun, IStatus, IWorkspace } from './tokens';

export { describe } from './http';
export { REST } from './listmodel';

/** Active runs of one request: more are only counted as so many. */
const MOST_RUNS = 100;

/** All jobs the sidebar shows, the runs now active, and how the server feels. */
export class JobsModel extends ListModel<IRecipe> {
  constructor(
    readonly service: DeployService,
    readonly events: DeployEvents,
    trans: TranslationBundle
  ) {
    super(service, trans);
    events.runChanged.connect(this.look, this);
    events.jobChanged.connect(this.look, this);
  }

  /** See `items`; what is queued comes after what runs. */
  get recipes(): readonly IRecipe[] {
    return this.items;
  }

  /** Active runs of all projects; of many, the latest hundred. */
  get activeRuns(): readonly IRun[] {
    return this._activeRuns;
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

  dispose(): void {
    if (!this.isDisposed) {
      this.events.runChanged.disconnect(this.look, this);
      this.events.jobChanged.disconnect(this.look, this);
      super.dispose();
    }
  }

  async project(): Promise<string> {
    this._workspace ??= await this.service.workspace();
    return this._workspace.project.value;
  }

  protected get absent(): string {
    return this.trans.__(
      'This Jupyter server has no jobs: its extension jupyter_saturn_deploy is not installed or not enabled.'
    );
  }

  protected async lookAround(): Promise<void> {
    const [status, active] = await Promise.all([
      this.service.status(),
      this.service.runs({ state: 'active', limit: MOST_RUNS })
    ]);
    this._status = status;
    this._activeRuns = active.runs.filter(run => isActive(run.state));
  }

  private _activeRuns: IRun[] = [];
  private _status: IStatus | null = null;
  private _workspace: IWorkspace | null = null;
}
