import { VDomModel } from '@jupyterlab/ui-components';
import { Poll } from '@lumino/polling';
import * as React from 'react';

import { useSignal } from '../../hooks';
import { DeployService } from '../../service';
import { seconds } from '../../time';
import { IInstance } from '../../tokens';

/** Least milliseconds between two looks at one instance. */
const INTERVAL = 5000;
/** An instance is measured ever more rarely: that part of its life lies between two looks. */
const GROWTH = 150;

/** What an instance took when it was looked at last. */
export interface IUsage {
  at: string;
  cores: number;
  /** Bytes. */
  memory: number;
}

/** What those instances take that live, by their id; looked at while somebody does. */
export class UsageModel extends VDomModel {
  constructor(private _service: DeployService) {
    super();
    this._poll = new Poll({
      factory: () => this._look(),
      frequency: { interval: 1000, backoff: true, max: 30_000 },
      standby: 'when-hidden'
    });
  }

  instances: readonly IInstance[] = [];

  of(instance: IInstance): IUsage | null {
    const known = this._known.get(instance.id);
    return known?.attempt === instance.attempt ? known.usage : null;
  }

  dispose(): void {
    this._poll.dispose();
    super.dispose();
  }

  private async _look(): Promise<void> {
    const now = Date.now();
    for (const instance of this.instances) {
      const { id, attempt, started_at } = instance;
      const known = this._known.get(id);
      const isDue = known?.attempt !== attempt || known.due <= now;
      if (instance.state !== 'running' || !started_at || !isDue) {
        continue;
      }
      const { points } = await this._service.metrics(id, attempt);
      const [at, cores, memory] = points.at(-1) ?? [];
      const age = seconds(started_at, null, now) * 1000;
      this._known.set(id, {
        attempt,
        due: now + Math.max(INTERVAL, age / GROWTH),
        usage: at ? { at, cores: cores!, memory: memory! } : null
      });
      this.stateChanged.emit();
    }
  }

  private _known = new Map<
    string,
    { attempt: number; due: number; usage: IUsage | null }
  >();
  private _poll: Poll;
}

/** The usage of these instances, for as long as the component is there. */
export function useUsage(
  instances: readonly IInstance[],
  service: DeployService
): UsageModel {
  const [model] = React.useState(() => new UsageModel(service));
  model.instances = instances;
  useSignal(model.stateChanged);
  React.useEffect(() => () => model.dispose(), []);
  return model;
}
