import { showErrorMessage } from '@jupyterlab/apputils';

import { commandFor, jobName, numbered, projectPath } from './files';
import { ProblemError } from './http';
import { JobsModel } from './model';
import { NAME_TRIES, ResourceActions } from './resourceactions';
import { SpecInput } from './service';
import { IRecipe, IRun } from './tokens';

/** What people do to jobs, from wherever they do it. Each shows its own failure. */
export class JobActions extends ResourceActions<JobsModel> {
  /** The new run, or null if it was refused, which was said, or thought better of. */
  async start(recipe: IRecipe): Promise<IRun | null> {
    if (!(await this.mayStart([recipe]))) {
      return null;
    }
    return this.attempt(
      this.trans.__('Could not start %1', recipe.spec.name),
      () => this.service.start(recipe.state.id)
    );
  }

  /** Asks where a schedule would not simply start another run beside those that are active. */
  async mayStart(recipes: readonly IRecipe[]): Promise<boolean> {
    const trans = this.trans;
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
    await this.attempt(
      on
        ? this.trans.__('Could not switch on the schedule of %1', name)
        : this.trans.__('Could not switch off the schedule of %1', name),
      () => (on ? this.service.schedule(id) : this.service.unschedule(id))
    );
  }

  async stop(recipe: IRecipe): Promise<void> {
    await this.attempt(
      this.trans.__('Could not stop %1', recipe.spec.name),
      () => this.service.stop(recipe.state.id)
    );
  }

  async stopRun(run: IRun): Promise<void> {
    await this.attempt(
      this.trans.__('Could not stop run %1 of %2', run.number, run.job_name),
      () => this.service.stopRun(run.id)
    );
  }

  /** Applies the fix that the advice on a run offers to its job. */
  async fix(run: IRun): Promise<void> {
    const done = await this.attempt(
      this.trans.__('Could not fix %1', run.job_name),
      () => this.service.fix(run.id)
    );
    if (done) {
      this.setFixed(run);
    }
  }

  /** The run, kept however old or no longer; null if that was refused, which was said. */
  async pinRun(run: IRun, pinned: boolean): Promise<IRun | null> {
    return this.attempt(
      this.trans.__('Could not pin run %1 of %2', run.number, run.job_name),
      () => this.service.pinRun(run.id, pinned)
    );
  }

  /** Asks once. Whether the job is gone. */
  async remove(recipe: IRecipe): Promise<boolean> {
    const { name } = recipe.spec;
    const { last_run, active_runs } = recipe.state['x-jupyter'];
    const trans = this.trans;
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
    const done = await this.attempt(trans.__('Could not delete %1', name), () =>
      this.service.remove(recipe.state.id)
    );
    return done !== null;
  }

  /** A job for one script, found or made, and started. Null if it was refused, which was said. */
  async runFile(path: string): Promise<{ recipe: IRecipe; run: IRun } | null> {
    const command = await this.commandOf(path);
    if (command === null) {
      return null;
    }
    const title = this.trans.__('Could not run %1 as a job', path);
    return this.runSpec(title, async () => ({ name: jobName(path), command }));
  }

  /** A job like `make` says, found or made, and started. Null if it was refused, which was said
   * under `title`. */
  async runSpec(
    title: string,
    make: () => Promise<SpecInput>
  ): Promise<{ recipe: IRecipe; run: IRun } | null> {
    return this.attempt(title, async () => {
      const recipe = await this._findOrCreate(await make());
      return (await this.mayStart([recipe]))
        ? { recipe, run: await this.service.start(recipe.state.id) }
        : null;
    });
  }

  /** The command that runs a script of the file browser; null if it can't be a job, which was said. */
  async commandOf(path: string): Promise<string | null> {
    const relative = await this.inProject(path);
    return relative === null ? null : commandFor(relative);
  }

  /** A path of the file browser relative to the project; null if it isn't in it, which was said. */
  async inProject(path: string): Promise<string | null> {
    const { trans } = this;
    const workspace = await this.attempt(
      trans.__('Could not find %1 in the project', path),
      () => this.service.workspace()
    );
    if (workspace === null) {
      return null;
    }
    const relative = projectPath(path, workspace);
    if (relative === null) {
      await showErrorMessage(
        trans.__('%1 is not in the project', path),
        trans.__(
          'Jobs and deployments run files of the project, which is %1. Move or copy the file into it, or make another directory the project: start Jupyter in it, or set SaturnDeployApp.project_dir.',
          workspace.project.value
        )
      );
    }
    return relative;
  }

  /** One that runs the same in the same directory, under that name or one like it. */
  private async _findOrCreate(spec: SpecInput): Promise<IRecipe> {
    const { name, command, working_directory = '' } = spec;
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : numbered(name, number);
      try {
        return await this.service.create({ ...spec, name: candidate });
      } catch (error) {
        const taken = error instanceof ProblemError && error.status === 409;
        if (!taken || number === NAME_TRIES) {
          throw error;
        }
      }
      const present = await this.service.recipe(candidate);
      if (
        present.spec.command === command &&
        present.spec.working_directory === working_directory &&
        present.state['x-jupyter'].project ===
          this.model.workspace?.project.value
      ) {
        return present;
      }
    }
  }
}
