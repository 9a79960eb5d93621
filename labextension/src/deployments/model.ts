import { ListModel } from '../listmodel';
import { JobsModel } from '../model';
import { IDeployment } from '../tokens';
import { DeploymentService } from './service';

/** All deployments the sidebar shows. */
export class DeploymentsModel extends ListModel<IDeployment> {
  constructor(
    readonly service: DeploymentService,
    private _jobs: JobsModel
  ) {
    super(service, _jobs.trans);
    this.events.deploymentChanged.connect(this.look, this);
    this.events.instanceChanged.connect(this.look, this);
  }

  get events() {
    return this._jobs.events;
  }

  /** See `items`. */
  get deployments(): readonly IDeployment[] {
    return this.items;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.events.deploymentChanged.disconnect(this.look, this);
      this.events.instanceChanged.disconnect(this.look, this);
      super.dispose();
    }
  }

  protected project(): Promise<string> {
    return this._jobs.project();
  }

  protected get absent(): string {
    return this.trans.__(
      'This Jupyter server has no deployments: its extension jupyter_saturn_deploy is not installed, not enabled, or older than this page.'
    );
  }
}
