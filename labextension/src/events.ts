import { Event } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import {
  DEPLOYMENT_EVENT,
  INSTANCE_EVENT,
  JOB_EVENT,
  RUN_EVENT,
  RunState
} from './tokens';

export interface IRunEvent {
  run_id: string;
  job_id: string;
  job_name: string;
  project: string;
  state: RunState;
  reason: string | null;
  exit_code: number | null;
  number: number;
}

export interface IJobEvent {
  job_id: string;
  name: string;
  project: string;
  change: 'created' | 'updated' | 'deleted';
}

export interface IInstanceEvent {
  run_id: string;
  deployment_id: string;
  deployment_name: string;
  project: string;
  state: RunState;
  reason: string | null;
  exit_code: number | null;
  number: number;
}

export interface IDeploymentEvent {
  deployment_id: string;
  name: string;
  project: string;
  change: 'created' | 'updated' | 'deleted';
}

/** The events that are ours, out of the stream that every extension shares. */
export class DeployEvents implements IDisposable {
  constructor(private _stream: Event.Stream) {
    _stream.connect(this._onEmission, this);
  }

  /** A run changed: look again. */
  get runChanged(): ISignal<this, IRunEvent> {
    return this._runChanged;
  }

  /** A job was created, updated or deleted: look again. */
  get jobChanged(): ISignal<this, IJobEvent> {
    return this._jobChanged;
  }

  /** An instance of a deployment changed: look again. */
  get instanceChanged(): ISignal<this, IInstanceEvent> {
    return this._instanceChanged;
  }

  /** A deployment was created, updated or deleted, or is wished otherwise: look again. */
  get deploymentChanged(): ISignal<this, IDeploymentEvent> {
    return this._deploymentChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._stream.disconnect(this._onEmission, this);
    Signal.clearData(this);
  }

  private _onEmission(_: unknown, emission: Event.Emission): void {
    switch (emission.schema_id) {
      case RUN_EVENT:
        this._runChanged.emit(emission as unknown as IRunEvent);
        break;
      case JOB_EVENT:
        this._jobChanged.emit(emission as unknown as IJobEvent);
        break;
      case INSTANCE_EVENT:
        this._instanceChanged.emit(emission as unknown as IInstanceEvent);
        break;
      case DEPLOYMENT_EVENT:
        this._deploymentChanged.emit(emission as unknown as IDeploymentEvent);
        break;
    }
  }

  private _deploymentChanged = new Signal<this, IDeploymentEvent>(this);
  private _instanceChanged = new Signal<this, IInstanceEvent>(this);
  private _isDisposed = false;
  private _jobChanged = new Signal<this, IJobEvent>(this);
  private _runChanged = new Signal<this, IRunEvent>(this);
}
