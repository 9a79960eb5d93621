import { VDomModel } from '@jupyterlab/ui-components';
import { ISignal, Signal } from '@lumino/signaling';

import { IDeploymentEvent, IInstanceEvent } from '../../events';
import { describe, ProblemError } from '../../http';
import { Refresher } from '../../refresher';
import { isActive } from '../../states';
import { IDeployment, IInstance } from '../../tokens';
import { DeploymentsModel } from '../model';

/** One deployment with its instances; one of these is selected. */
export class DeploymentModel extends VDomModel {
  constructor(
    private _name: string,
    private _deployments: DeploymentsModel
  ) {
    super();
    this._refresher = new Refresher(async () => {
      await this._fetch();
      return this._problem === null || this._isGone;
    });
    const { events } = _deployments;
    events.instanceChanged.connect(this._onInstance, this);
    events.deploymentChanged.connect(this._onDeployment, this);
  }

  get name(): string {
    return this._name;
  }

  /** The deployment has another name now. */
  get renamed(): ISignal<this, void> {
    return this._renamed;
  }

  get recipe(): IDeployment | null {
    return this._recipe;
  }

  /** Those that have not ended, by their place; then the latest that have. */
  get instances(): readonly IInstance[] {
    return this._instances;
  }

  /** Why the deployment can't be shown or is not fresh. */
  get problem(): string | null {
    return this._problem;
  }

  /** Whether there is no such deployment. */
  get isGone(): boolean {
    return this._isGone;
  }

  /** The instance whose log is shown: the one selected, else the one that the doctor speaks of,
   * else the first. */
  get selected(): IInstance | null {
    const advised = this._recipe?.state['x-jupyter'].advice_run;
    return (
      this._find(this._selectedId) ??
      this._find(advised) ??
      this._instances[0] ??
      null
    );
  }

  /** Whether the logs of all that run are shown, not that of the one selected. */
  get showsAll(): boolean {
    return this._showsAll;
  }

  /** Shows an instance; it stays shown once it has ended. */
  select(instanceId: string): void {
    this._selectedId = instanceId;
    this._showsAll = false;
    this.stateChanged.emit();
  }

  showAll(): void {
    this._showsAll = true;
    this.stateChanged.emit();
  }

  refresh(): Promise<void> {
    return this._refresher.trigger();
  }

  dispose(): void {
    if (!this.isDisposed) {
      const { events } = this._deployments;
      this._refresher.dispose();
      events.instanceChanged.disconnect(this._onInstance, this);
      events.deploymentChanged.disconnect(this._onDeployment, this);
      super.dispose();
    }
  }

  private _find(id: string | null | undefined): IInstance | undefined {
    return this._instances.find(instance => instance.id === id);
  }

  private _onInstance(_: unknown, event: IInstanceEvent): void {
    // By name while the deployment is asked for: what changes meanwhile counts too.
    const id = this._recipe?.state.id;
    const { deployment_id, deployment_name } = event;
    if (id ? deployment_id === id : deployment_name === this._name) {
      void this.refresh();
    }
  }

  private _onDeployment(_: unknown, event: IDeploymentEvent): void {
    const isThis = event.deployment_id === this._recipe?.state.id;
    if (isThis && event.change === 'deleted') {
      this._isGone = true;
      this.stateChanged.emit();
      return;
    }
    if (isThis && event.name !== this._name) {
      this._name = event.name;
      this._renamed.emit();
    }
    if (isThis || event.name === this._name) {
      void this.refresh();
    }
  }

  private async _fetch(): Promise<void> {
    const { service, trans } = this._deployments;
    try {
      const recipe = await service.recipe(this._name);
      // Another deployment may have taken the name of one that was deleted.
      const { instances } = await service.instances(recipe.state.id);
      this._recipe = recipe;
      this._instances = sorted(instances);
      this._problem = null;
      this._isGone = false;
    } catch (error) {
      this._isGone = error instanceof ProblemError && error.status === 404;
      this._problem = describe(error, trans);
    }
    this.stateChanged.emit();
  }

  private _instances: readonly IInstance[] = [];
  private _isGone = false;
  private _problem: string | null = null;
  private _recipe: IDeployment | null = null;
  private _refresher: Refresher;
  private _renamed = new Signal<this, void>(this);
  private _selectedId: string | null = null;
  private _showsAll = false;
}

/** Those that have not ended by their place, then by age. */
function sorted(instances: readonly IInstance[]): IInstance[] {
  const living = instances.filter(({ state }) => isActive(state));
  const ended = instances.filter(({ state }) => !isActive(state));
  living.sort((a, b) => a.instance - b.instance || a.number - b.number);
  return [...living, ...ended];
}
