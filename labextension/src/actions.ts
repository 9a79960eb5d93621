import {
  Dialog,
  Notification,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';

import { commandFor, jobName, numbered, projectPath } from './files';
import { describe, JobsModel } from './model';
import { ProblemError } from './http';
import { IRecipe, IRun } from './tokens';

/** How many names are tried for a new job before that is given up. */
const NAME_TRIES = 50;

/** What people do to jobs, from wherever they do it. Each shows its own failure. */
export class JobActions {
  constructor(readonly model: JobsModel) {}

  /** The new run, or null if it was refused, which was said, or thought better of. */
  async start(recipe: IRecipe): Promise<IRun | null> {
    if (!(await this.mayStart([recipe]))) {
      return null;
    }
    return this._attempt(
      this._trans.__('Could not start %1', recipe.spec.name),
      () => this._service.start(recipe.state.id)
    );
  }

  /** Asks where a schedule would not simply start another run beside those that are active. */
  async mayStart(recipes: readonly IRecipe[]): Promise<boolean> {
    const trans = this._trans;
    const asked = recipes.filter(
      ({ spec, state }) =>
        spec.schedule !== null &&
        spec.concurrency_policy !== 'Allow' &&
        state['x-jupyter'].active_runs > 0
    );
    if (!asked.length) {
      return true;
    }
    const [{ spec }] = asked;
    const forbids = spec.concurrency_policy === 'Forbid';
    return this.confirm(
      asked.length > 1
        ? trans.__('Run %1 jobs though they are active?', asked.length)
        : trans.__('Run “%1” though it is active?', spec.name),
      asked.length > 1
        ? trans.__(
            'Their schedules would not start a run beside another. By hand they run beside those that are active; by schedule nothing starts (Forbid) until all have ended, or all are stopped (Replace).'
          )
        : forbids
          ? trans.__(
              'By schedule nothing starts while a run is active (Forbid). Started by hand, this run goes on beside it, and slots that are due wait until both have ended.'
            )
          : trans.__(
              'By schedule the active run would be stopped (Replace). Started by hand, this run goes on beside it, and the next slot stops both.'
            ),
      trans.__('Run'),
      false
    );
  }

  /** Switches a job's schedule on or off. */
  async setSchedule(recipe: IRecipe, on: boolean): Promise<void> {
    const { name } = recipe.spec;
    const { id } = recipe.state;
    await this._attempt(
      on
        ? this._trans.__('Could not switch on the schedule of %1', name)
        : this._trans.__('Could not switch off the schedule of %1', name),
      () => (on ? this._service.schedule(id) : this._service.unschedule(id))
    );
  }

  async stop(recipe: IRecipe): Promise<void> {
    await this._attempt(
      this._trans.__('Could not stop %1', recipe.spec.name),
      () => this._service.stop(recipe.state.id)
    );
  }

  async stopRun(run: IRun): Promise<void> {
    await this._attempt(
      this._trans.__('Could not stop run %1 of %2', run.number, run.job_name),
      () => this._service.stopRun(run.id)
    );
  }

  /** Applies the fix that the advice on a run offers to its job. */
  async fix(run: IRun): Promise<void> {
    const done = await this._attempt(
      this._trans.__('Could not fix %1', run.job_name),
      () => this._service.fix(run.id)
    );
    if (done) {
      this._fixed.add(run.id);
      this.model.stateChanged.emit();
    }
  }

  isFixed(run: IRun): boolean {
    return this._fixed.has(run.id);
  }

  /** The run, kept however old or no longer; null if that was refused, which was said. */
  async pinRun(run: IRun, pinned: boolean): Promise<IRun | null> {
    return this._attempt(
      this._trans.__('Could not pin run %1 of %2', run.number, run.job_name),
      () => this._service.pinRun(run.id, pinned)
    );
  }

  /** Asks once. Whether the job is gone. */
  async remove(recipe: IRecipe): Promise<boolean> {
    const { name } = recipe.spec;
    const { last_run, active_runs } = recipe.state['x-jupyter'];
    const trans = this._trans;
    const goes = last_run
      ? trans.__(
          'The job, its runs (%1 so far) and their logs are deleted for good.',
          last_run.number
        )
      : trans.__('The job is deleted for good. It has no runs.');
    const stops = active_runs
      ? trans._n(
          ' Its active run is stopped first.',
          ' Its %1 active runs are stopped first.',
          active_runs
        )
      : '';
    const sure = await this.confirm(
      trans.__('Delete job “%1”?', name),
      goes + stops
    );
    if (!sure) {
      return false;
    }
    const done = await this._attempt(
      trans.__('Could not delete %1', name),
      () => this._service.remove(recipe.state.id)
    );
    return done !== null;
  }

  /** A name like `name` that no job has: "train-2" for "train", "train-3" for "train-2". */
  async freeName(name: string): Promise<string> {
    const stem = name.replace(/-\d+$/, '');
    for (let number = 2; number <= NAME_TRIES; number++) {
      const candidate = numbered(stem, number);
      if (candidate !== name && !(await this._exists(candidate))) {
        return candidate;
      }
    }
    return '';
  }

  /** A job for one script, found or made, and started. Null if it was refused, which was said. */
  async runFile(path: string): Promise<{ recipe: IRecipe; run: IRun } | null> {
    const command = await this.commandOf(path);
    if (command === null) {
      return null;
    }
    const title = this._trans.__('Could not run %1 as a job', path);
    return this._attempt(title, async () => {
      const recipe = await this._findOrCreate(jobName(path), command);
      return (await this.mayStart([recipe]))
        ? { recipe, run: await this._service.start(recipe.state.id) }
        : null;
    });
  }

  /** The command that runs a script of the file browser; null if it can't be a job, which was said. */
  async commandOf(path: string): Promise<string | null> {
    const trans = this._trans;
    const workspace = await this._attempt(
      trans.__('Could not make a job of %1', path),
      () => this._service.workspace()
    );
    if (workspace === null) {
      return null;
    }
    const relative = projectPath(path, workspace);
    if (relative === null) {
      await showErrorMessage(
        trans.__('%1 is not in the project', path),
        trans.__(
          'Jobs run files of the project, which is %1. Move or copy the file into it, or make another directory the project: start Jupyter in it, or set SaturnDeployApp.project_dir.',
          workspace.project.value
        )
      );
      return null;
    }
    return commandFor(relative);
  }

  private async _exists(name: string): Promise<boolean> {
    try {
      await this._service.recipe(name);
      return true;
    } catch (error) {
      if (error instanceof ProblemError && error.status === 404) {
        return false;
      }
      throw error;
    }
  }

  private async _findOrCreate(name: string, command: string): Promise<IRecipe> {
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : numbered(name, number);
      try {
        return await this._service.create({ name: candidate, command });
      } catch (error) {
        const taken = error instanceof ProblemError && error.status === 409;
        if (!taken || number === NAME_TRIES) {
          throw error;
        }
      }
      const present = await this._service.recipe(candidate);
      if (
        present.spec.command === command &&
        present.state['x-jupyter'].project ===
          this.model.workspace?.project.value
      ) {
        return present;
      }
    }
  }

  /** Whether people are sure; `harm`: something goes. */
  async confirm(
    title: string,
    body: string,
    label = this._trans.__('Delete'),
    harm = true
  ): Promise<boolean> {
    const { button } = await showDialog({
      title,
      body,
      buttons: [
        Dialog.cancelButton({ label: this._trans.__('Cancel') }),
        harm ? Dialog.warnButton({ label }) : Dialog.okButton({ label })
      ]
    });
    return button.accept;
  }

  /** What `act` gives; null after a failure, of which a notification tells. */
  private async _attempt<T>(
    title: string,
    act: () => Promise<T>
  ): Promise<T | null> {
    try {
      return await act();
    } catch (error) {
      Notification.error(`${title}: ${describe(error, this._trans)}`, {
        autoClose: false
      });
      return null;
    } finally {
      // After a failure too: the server may have a warning for everybody.
      void this.model.refresh();
    }
  }

  /** Ids of runs whose fix was applied, from this page. */
  private _fixed = new Set<string>();

  private get _service() {
    return this.model.service;
  }

  private get _trans() {
    return this.model.trans;
  }
}
