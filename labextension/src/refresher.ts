import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

/** Least milliseconds between two fetches: a burst of events costs one. */
const GAP = 250;
/** Milliseconds between fetches when no event says "look again". */
const SAFETY_NET = 10_000;

/**
 * Fetches when told to, never twice at once, and every ten seconds besides.
 *
 * Whoever triggers while a fetch is under way gets another one after it, so what is
 * shown is never older than the last trigger. The fetch itself shows what went wrong
 * with it and never rejects.
 */
export class Refresher implements IDisposable {
  constructor(private _fetch: () => Promise<void>) {
    this._poll = new Poll({
      auto: false,
      factory: () => this.trigger(),
      frequency: { interval: SAFETY_NET, backoff: false },
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
    this._running = this._fetch();
    return this._running;
  }

  private _last = 0;
  private _poll: Poll;
  private _running: Promise<void> | null = null;
  private _waiting: Promise<void> | null = null;
}
