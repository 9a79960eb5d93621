import { TranslationBundle } from '@jupyterlab/translation';

import { IDeployment, IInstance, IRecipe, IRun, RunState } from './tokens';

const FINAL: readonly RunState[] = ['completed', 'error', 'stopped'];

export function isActive(state: RunState): boolean {
  return !FINAL.includes(state);
}

/** What a job's row shows: its last run's state; a job that never ran is "stopped". */
export function jobState(recipe: IRecipe): RunState {
  return recipe.state['x-jupyter'].last_run?.state ?? 'stopped';
}

/** How a deployment stands, all its instances taken together. */
export type ServiceState =
  'stopped' | 'starting' | 'running' | 'rolling' | 'failing' | 'stopping';

/** What a deployment's row shows. It fails while the revision that is to serve does not come up,
 * also where an earlier one still serves. */
export function serviceState(deployment: IDeployment): ServiceState {
  const { wanted, ready, rolling, revision, instances } =
    deployment.state['x-jupyter'];
  if (!wanted) {
    return instances.length ? 'stopping' : 'stopped';
  }
  // Between two lives it would else be "starting" again and again.
  const fails = (instance: IInstance) =>
    instance.revision === revision &&
    instance.state !== 'stopping' &&
    !instance.ready &&
    (instance.state === 'retrying' || instance.restarts > 0);
  if (instances.some(fails)) {
    return 'failing';
  }
  if (rolling) {
    return 'rolling';
  }
  return ready ? 'running' : 'starting';
}

export function stateWord(
  state: RunState | ServiceState,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'queued':
      return trans.__('queued');
    case 'starting':
      return trans.__('starting');
    case 'running':
      return trans.__('running');
    case 'rolling':
      return trans.__('rolling');
    case 'failing':
      return trans.__('failing');
    case 'retrying':
      return trans.__('retrying');
    case 'stopping':
      return trans.__('stopping');
    case 'completed':
      return trans.__('completed');
    case 'error':
      return trans.__('failed');
    case 'stopped':
      return trans.__('stopped');
  }
}

/** How a run goes or ended, as short as a table cell: "cell 4 of 12", "failed (exit code 1)" … */
export function outcome(run: IRun, trans: TranslationBundle): string {
  if (run.state === 'error') {
    if (run.reason === 'timeout') {
      return trans.__('timed out');
    }
    if (run.reason === 'lost') {
      return trans.__('lost');
    }
    if (run.signal !== null) {
      return trans.__('failed (signal %1)', run.signal);
    }
    if (run.exit_code !== null) {
      return trans.__('failed (exit code %1)', run.exit_code);
    }
  }
  if (run.state === 'stopped' && run.reason === 'replaced') {
    return trans.__('replaced');
  }
  if (run.state === 'running' && run.progress) {
    return trans.__('cell %1 of %2', run.progress.cell, run.progress.of);
  }
  return stateWord(run.state, trans);
}
