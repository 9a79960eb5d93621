import { TranslationBundle } from '@jupyterlab/translation';

import { stateWord } from '../../states';
import { duration } from '../../time';
import { IInstance, IRevision, RunState } from '../../tokens';
import { visible } from '../../visible';

/** "Instance 2 of revision 3". */
export function instanceName(
  { instance, revision }: IInstance,
  trans: TranslationBundle
): string {
  return trans.__('Instance %1 of revision %2', instance, revision);
}

/** The state as it is shown: one that listens on nothing yet still starts. */
export function instanceState({ state, ready }: IInstance): RunState {
  return state === 'running' && !ready ? 'starting' : state;
}

/** The same in a word or two. */
export function instanceWord(
  instance: IInstance,
  now: number,
  trans: TranslationBundle
): string {
  const { state, ready, reason, next_attempt_at } = instance;
  if (state === 'running' && !ready) {
    return trans.__('not ready yet');
  }
  if (state === 'retrying' && next_attempt_at) {
    const left = Math.ceil((Date.parse(next_attempt_at) - now) / 1000);
    return left > 0
      ? trans.__('restarts in %1', duration(left, trans))
      : trans.__('restarts');
  }
  if (state === 'stopped' && reason === 'replaced') {
    return trans.__('replaced');
  }
  return stateWord(state, trans);
}

/** How its latest life that is over ended, and when; null if none is. */
export function exitWords(
  { attempts }: IInstance,
  trans: TranslationBundle
): { words: string; at: string | null } | null {
  const last = [...attempts].reverse().find(({ ended_at }) => ended_at);
  if (!last) {
    return null;
  }
  const { exit_code, signal, ended_at: at, reason } = last;
  if (signal !== null) {
    return { words: trans.__('signal %1', signal), at };
  }
  if (exit_code !== null) {
    return { words: trans.__('exit code %1', exit_code), at };
  }
  return { words: reason ?? stateWord(last.state, trans), at };
}

/** What made a revision: "restart by ana". */
export function howWords(
  revision: IRevision,
  trans: TranslationBundle
): string {
  const by = visible(revision.by);
  switch (revision.how) {
    case 'start':
      return trans.__('started by %1', by);
    case 'restart':
      return trans.__('restarted by %1', by);
    case 'rollback':
      return trans.__('rolled back to %1 by %2', revision.origin ?? 0, by);
  }
}
