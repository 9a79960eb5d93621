import * as React from 'react';

import { ProblemError } from '../../http';
import { IDeploymentSpec, IRehearsal } from '../../tokens';
import { DeploymentService } from '../service';

/** Milliseconds between two looks at how it goes. */
const INTERVAL = 400;

/** What was tried out, and how it went. */
export interface IRehearsed {
  spec: IDeploymentSpec;
  /** null: not begun yet. */
  rehearsal: IRehearsal | null;
  /** The last that was said of how it goes before it was ended; null: nothing yet. */
  verdict: IRehearsal | null;
  /** Nobody answers now. */
  isLost: boolean;
}

/** Tries out one spec; `changed` hears how it goes. */
export class Rehearsing {
  constructor(
    private _service: DeploymentService,
    spec: IDeploymentSpec,
    private _changed: (rehearsed: IRehearsed) => void
  ) {
    this._rehearsed = { spec, rehearsal: null, verdict: null, isLost: false };
  }

  /** Rejects with why it can't begin. */
  async begin(): Promise<void> {
    this._changed(this._rehearsed);
    const begun = await this._service.rehearse(this._rehearsed.spec);
    this._look(begun);
    if (this._isEnded) {
      // It was, before there was anything to end.
      this._end(begun.id);
    } else {
      void this._follow(begun.id);
    }
  }

  /** Ends it, if it has not ended. */
  end(): void {
    const { rehearsal } = this._rehearsed;
    if (!this._isEnded && (rehearsal === null || goesOn(rehearsal))) {
      this._isEnded = true;
      if (rehearsal) {
        this._end(rehearsal.id);
      }
    }
  }

  private _end(id: string): void {
    this._service.endRehearsal(id).then(
      ended => this._look(ended),
      // What can't be told ends by itself.
      () => undefined
    );
  }

  private async _follow(id: string): Promise<void> {
    while (!this._isEnded && goesOn(this._rehearsed.rehearsal!)) {
      await new Promise(resolve => setTimeout(resolve, INTERVAL));
      if (this._isEnded) {
        return;
      }
      try {
        this._look(await this._service.rehearsal(id));
      } catch (error) {
        if (error instanceof ProblemError && error.status === 404) {
          // The server that had it is gone, and it with it.
          this._look({ ...this._rehearsed.rehearsal!, state: 'ended' });
        } else {
          this._set({ isLost: true });
        }
      }
    }
  }

  private _look(rehearsal: IRehearsal): void {
    const isVerdict = rehearsal.state === 'up' || rehearsal.state === 'failed';
    const verdict = isVerdict ? rehearsal : this._rehearsed.verdict;
    this._set({ rehearsal, verdict, isLost: false });
  }

  private _set(change: Partial<IRehearsed>): void {
    this._rehearsed = { ...this._rehearsed, ...change };
    this._changed(this._rehearsed);
  }

  private _isEnded = false;
  private _rehearsed: IRehearsed;
}

export function goesOn({ state }: IRehearsal): boolean {
  return state === 'starting' || state === 'up';
}

/** The rehearsal of a form; it is ended when the form goes. */
export function useRehearsing(service: DeploymentService): {
  rehearsed: IRehearsed | null;
  begin(spec: IDeploymentSpec): Promise<void>;
  end(): void;
} {
  const [rehearsed, setRehearsed] = React.useState<IRehearsed | null>(null);
  const current = React.useRef<Rehearsing | null>(null);
  const end = () => current.current?.end();
  React.useEffect(() => end, []);
  const begin = async (spec: IDeploymentSpec) => {
    end();
    const begun = new Rehearsing(service, spec, now => {
      if (current.current === begun) {
        setRehearsed(now);
      }
    });
    current.current = begun;
    try {
      await begun.begin();
    } catch (error) {
      setRehearsed(null);
      throw error;
    }
  };
  return { rehearsed, begin, end };
}
