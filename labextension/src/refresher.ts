import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

/** Least milliseconds between two fetches: a burst of events costs one. */
const GAP = 250;
/** Milliseconds between fetches when no event says "look again". */
const SAFETY_NET = 10_000;
/** Milliseconds between fetches while they fail, and for a while after that: JupyterLab's
 * event stream may take half a minute to be back after an outage. */
const OUTAGE = 1500;
const AFTERMATH = 30_000;

/**
 * Fetches when told to, never twice at once, and every ten seconds besides; around an
 * outage every one and a half.
 *
 * Whoever triggers while a fetch is under way gets another one after it, so what is
 * shown is never older than the last trigger. The fetch resolves with whether it got
 * what it asked for; it shows itself what went wrong with it and never rejects.
 */
export class Refresher implements IDisposable {
  constructor(private _fetch: () => Promise<boolean>) {
    this._poll = new Poll({
      auto: false,
      factory: async () => {
        const now = Date.now();
        const gap = now < this._eagerUntil ? 0 : SAFETY_NET;
        if (now - this._last >= gap) {
          await this.trigger();
        }
      },
      frequency: { interval: OUTAGE, backoff: false },
      standby: 'when-hidden'
    });
    void this._poll.start();
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
  }

  /** Resolves when a fetch that began after this call is done. */
  trigger(): Promise<void> {
    this._waiting ??= this._next();
    return this._waiting;
  }

  private async _next(): Promise<void> {
    await this._running;
    const rest = this._last + GAP - Date.now();
    if (rest > 0) {
      await new Promise(resolve => setTimeout(resolve, rest));
    }
    this._waiting = null;
    if (this.isDisposed) {
      return;
    }
    this._last = Date.now();
    this._running = this._fetch().then(done => {
      if (!done) {
        this._eagerUntil = Date.now() + AFTERMATH;
      }
    });
    return this._running;
  }

  private _eagerUntil = 0;
  private _last = 0;
  private _poll: Poll;
  private _running: Promise<void> | null = null;
  private _waiting: Promise<void> | null = null;
}
