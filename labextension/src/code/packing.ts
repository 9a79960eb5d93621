import * as React from 'react';

import { ProblemError } from '../http';
import { DeployService } from '../service';
import { IPacking } from '../tokens';

/** Milliseconds between two looks at how far it is. */
const INTERVAL = 300;

/** Freezes the project once; `progress` hears how far it is. */
export class Packing {
  constructor(
    private _service: DeployService,
    private _progress: (packing: IPacking) => void
  ) {}

  /** Digest of the snapshot; null once it was cancelled. Rejects with why it failed. */
  async run(): Promise<string | null> {
    let packing = await this._service.pack();
    this._id = packing.id;
    if (this._isCancelled) {
      // It was, before there was anything to cancel.
      await this._service.cancelPacking(packing.id);
    }
    while (!this._isCancelled && packing.state === 'packing') {
      this._progress(packing);
      await new Promise(resolve => setTimeout(resolve, INTERVAL));
      if (!this._isCancelled) {
        packing = await this._service.packing(packing.id);
      }
    }
    if (this._isCancelled || packing.state === 'cancelled') {
      return null;
    }
    if (packing.problem) {
      throw new ProblemError(422, packing.problem);
    }
    return packing.snapshot;
  }

  cancel(): void {
    this._isCancelled = true;
    if (this._id !== null) {
      // What can't be reached can't be told; it ends by itself.
      this._service.cancelPacking(this._id).catch(() => undefined);
    }
  }

  private _id: string | null = null;
  private _isCancelled = false;
}

/** A packing that a component waits for; it is given up when the component goes. */
export interface IPackingHandle {
  /** How far it is; null when none is under way. */
  state: IPacking | 'beginning' | null;
  run(): Promise<string | null>;
  cancel(): void;
}

export function usePacking(service: DeployService): IPackingHandle {
  const [state, setState] = React.useState<IPackingHandle['state']>(null);
  const current = React.useRef<Packing | null>(null);
  const cancel = () => current.current?.cancel();
  React.useEffect(() => cancel, []);
  const run = async () => {
    current.current = new Packing(service, setState);
    setState('beginning');
    try {
      return await current.current.run();
    } finally {
      current.current = null;
      setState(null);
    }
  };
  return { state, run, cancel };
}
