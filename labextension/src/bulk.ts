import { ISignal, Signal } from '@lumino/signaling';

/** Ids of one request: so many take about a second at most. */
const PIECE = 100;

export type Deed = 'run' | 'stop' | 'delete';

export interface IBulkProgress {
  deed: Deed;
  done: number;
  of: number;
}

export interface IBulkOutcome {
  /** What was done to. */
  done: string[];
  /** Why it was not done to others, each reason once, and to how many. */
  errors: string[];
  failed: number;
  /** Those that nobody tried: it was cancelled, or failed as a whole. */
  left: number;
}

/** What one request did. */
export type Piece = {
  done: string[];
  errors: { id: string; message: string }[];
};

/** Something done to many, piece by piece: it says how far it is and can be cancelled. */
export class Bulk {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** null when nothing is under way. */
  get progress(): IBulkProgress | null {
    return this._progress;
  }

  /** Ends it after the piece that is under way. */
  cancel(): void {
    this._isCancelled = true;
  }

  /** Does `act` to all, `size` at a time. What it throws ends it, and is one of the errors. */
  async run(
    deed: Deed,
    ids: readonly string[],
    act: (ids: string[]) => Promise<Piece>,
    describe: (error: unknown) => string,
    size = PIECE
  ): Promise<IBulkOutcome> {
    const outcome: IBulkOutcome = { done: [], errors: [], failed: 0, left: 0 };
    const reasons = new Set<string>();
    this._isCancelled = false;
    let at = 0;
    try {
      for (; at < ids.length && !this._isCancelled; at += size) {
        this._tell({ deed, done: at, of: ids.length });
        const { done, errors } = await act(ids.slice(at, at + size));
        outcome.done.push(...done);
        outcome.failed += errors.length;
        errors.forEach(error => reasons.add(error.message));
      }
    } catch (error) {
      reasons.add(describe(error));
    }
    this._tell(null);
    outcome.left = Math.max(0, ids.length - at);
    outcome.errors = [...reasons];
    return outcome;
  }

  private _tell(progress: IBulkProgress | null): void {
    this._progress = progress;
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
  private _isCancelled = false;
  private _progress: IBulkProgress | null = null;
}
