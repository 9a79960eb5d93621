import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { JobActions } from './actions';
import { Bulk, Deed, IBulkOutcome, Piece } from './bulk';
import { describe } from './model';
import { isActive } from './states';
import { IRecipe, IRun } from './tokens';

/** Names that are spelled out; more are counted. */
const NAMED = 5;
/** Pinned runs of one request. */
const MOST = 500;

/** What people do to several jobs or runs at once. It asks once, says how far it is, can be
 * cancelled, and tells what was not done and why. */
export class Many {
  constructor(private _actions: JobActions) {}

  readonly bulk = new Bulk();

  /** Stops those that are active. */
  async stopRuns(runs: readonly IRun[]): Promise<void> {
    const { service, trans } = this._actions.model;
    const active = runs.filter(run => isActive(run.state));
    const sure = await this._actions.confirm(
      trans._n(
        'Stop %2 run?',
        'Stop %2 runs?',
        active.length,
        active.length.toLocaleString()
      ),
      trans.__(
        'What runs or waits of %1 is stopped.',
        listed([...new Set(active.map(run => run.job_name))], trans)
      ),
      trans.__('Stop')
    );
    if (sure) {
      const outcome = await this._do('stop', active.map(idOf), async ids => {
        const { stopping, errors } = await service.stopRuns(ids);
        return { done: stopping, errors };
      });
      await this._tell(outcome, active.length, {
        failed: trans.__('Some runs were not stopped'),
        cancelled: (done, of) =>
          trans.__('Cancelled: %1 of %2 runs were stopped.', done, of)
      });
    }
  }

  /** Deletes those that have ended. The ids of those that are gone. */
  async removeRuns(runs: readonly IRun[]): Promise<string[]> {
    const { service, trans } = this._actions.model;
    const ended = runs.filter(run => !isActive(run.state));
    const sure = await this._actions.confirm(
      trans._n(
        'Delete %2 run?',
        'Delete %2 runs?',
        ended.length,
        ended.length.toLocaleString()
      ),
      this._goes(ended, runs.length - ended.length)
    );
    if (!sure) {
      return [];
    }
    const outcome = await this._do('delete', ended.map(idOf), async ids => {
      const { deleted, errors } = await service.removeRuns(ids);
      return { done: deleted, errors };
    });
    await this._tell(outcome, ended.length, {
      failed: trans.__('Some runs were not deleted'),
      cancelled: (done, of) =>
        trans.__('Cancelled: %1 of %2 runs were deleted.', done, of)
    });
    return outcome.done;
  }

  /** Starts a run of each. */
  async startJobs(recipes: readonly IRecipe[]): Promise<void> {
    const { service, trans } = this._actions.model;
    if (!(await this._actions.mayStart(recipes))) {
      return;
    }
    const start = async ([id]: string[]): Promise<Piece> => {
      try {
        await service.start(id);
        return { done: [id], errors: [] };
      } catch (error) {
        return { done: [], errors: [{ id, message: describe(error, trans) }] };
      }
    };
    const outcome = await this._do('run', recipes.map(jobId), start, 1);
    await this._tell(outcome, recipes.length, {
      failed: trans.__('Some jobs were not started'),
      cancelled: (done, of) =>
        trans.__('Cancelled: %1 of %2 jobs were started.', done, of)
    });
  }

  /** Stops all runs of those that have active ones. */
  async stopJobs(recipes: readonly IRecipe[]): Promise<void> {
    const { service, trans } = this._actions.model;
    const active = recipes.filter(recipe => activeRuns(recipe) > 0);
    const count = active.reduce((sum, recipe) => sum + activeRuns(recipe), 0);
    const sure = await this._actions.confirm(
      trans._n('Stop %1 run?', 'Stop %1 runs?', count),
      trans.__(
        'What runs or waits of %1 is stopped.',
        listed(active.map(nameOf), trans)
      ),
      trans.__('Stop')
    );
    if (sure) {
      const outcome = await this._do('stop', active.map(jobId), async ids => {
        const { errors } = await service.stopJobs(ids);
        const failed = new Set(errors.map(({ id }) => id));
        return { done: ids.filter(id => !failed.has(id)), errors };
      });
      await this._tell(outcome, active.length, {
        failed: trans.__('Some jobs were not stopped'),
        cancelled: (done, of) =>
          trans.__('Cancelled: %1 of %2 jobs were stopped.', done, of)
      });
    }
  }

  async removeJobs(recipes: readonly IRecipe[]): Promise<void> {
    const { service, trans } = this._actions.model;
    const ids = new Set(recipes.map(jobId));
    const kept = await service
      .runs({ pinned: 'true', limit: MOST })
      .catch(() => ({ runs: [] as IRun[] }));
    const pinned = kept.runs.filter(run => ids.has(run.job_id));
    const active = recipes.reduce((sum, job) => sum + activeRuns(job), 0);
    const words = [
      trans.__(
        '%1, with all runs and their logs, are deleted for good.',
        listed(recipes.map(nameOf), trans)
      )
    ];
    if (active) {
      words.push(
        trans._n(
          'One active run is stopped first.',
          '%1 active runs are stopped first.',
          active
        )
      );
    }
    const sure = await this._actions.confirm(
      trans._n('Delete %1 job?', 'Delete %1 jobs?', recipes.length),
      [...words, ...pinnedWords(pinned, trans)].join(' ')
    );
    if (sure) {
      const outcome = await this._do('delete', [...ids], async some => {
        const { deleted, errors } = await service.removeJobs(some);
        return { done: deleted, errors };
      });
      await this._tell(outcome, ids.size, {
        failed: trans.__('Some jobs were not deleted'),
        cancelled: (done, of) =>
          trans.__('Cancelled: %1 of %2 jobs were deleted.', done, of)
      });
    }
  }

  /** What goes when these runs are deleted. */
  private _goes(ended: readonly IRun[], active: number): string {
    const { trans } = this._actions.model;
    const names = [...new Set(ended.map(run => run.job_name))];
    const words = [
      trans._n(
        'The run of %2 and its log are deleted for good.',
        'The runs of %2 and their logs are deleted for good.',
        ended.length,
        listed(names, trans)
      ),
      ...pinnedWords(
        ended.filter(run => run.pinned),
        trans
      )
    ];
    if (active) {
      words.push(
        trans._n(
          'One active run stays: stop it first.',
          '%1 active runs stay: stop them first.',
          active
        )
      );
    }
    return words.join(' ');
  }

  private async _do(
    deed: Deed,
    ids: readonly string[],
    act: (ids: string[]) => Promise<Piece>,
    size?: number
  ): Promise<IBulkOutcome> {
    const { model } = this._actions;
    const words = (error: unknown) => describe(error, model.trans);
    const outcome = await this.bulk.run(deed, ids, act, words, size);
    void model.refresh();
    return outcome;
  }

  private async _tell(
    { done, errors, failed, left }: IBulkOutcome,
    of: number,
    words: { failed: string; cancelled: (done: number, of: number) => string }
  ): Promise<void> {
    const { trans } = this._actions.model;
    if (errors.length) {
      const count = trans.__('Not done: %1 of %2.', failed + left, of);
      await showErrorMessage(words.failed, [count, ...errors].join('\n'));
    } else if (left) {
      Notification.info(words.cancelled(done.length, of), {
        autoClose: 5000
      });
    }
  }
}

/** "a, b and c", "a, b, c, d, e and 4 more". */
export function listed(names: readonly string[], trans: TranslationBundle) {
  const shown = names.slice(0, NAMED);
  const rest = names.length - shown.length;
  if (rest) {
    return trans.__('%1 and %2 more', shown.join(', '), rest);
  }
  return shown.length > 1
    ? trans.__('%1 and %2', shown.slice(0, -1).join(', '), shown.at(-1)!)
    : shown.join('');
}

/** Names runs that somebody wanted to keep. */
function pinnedWords(pinned: readonly IRun[], trans: TranslationBundle) {
  const names = pinned.map(run =>
    trans.__('run %1 of %2', run.number, run.job_name)
  );
  return pinned.length
    ? [
        trans._n(
          'One of them is pinned: %2.',
          '%1 of them are pinned: %2.',
          pinned.length,
          listed(names, trans)
        )
      ]
    : [];
}

function activeRuns(recipe: IRecipe): number {
  return recipe.state['x-jupyter'].active_runs;
}

function idOf(run: IRun): string {
  return run.id;
}

function jobId(recipe: IRecipe): string {
  return recipe.state.id;
}

function nameOf(recipe: IRecipe): string {
  return recipe.spec.name;
}
