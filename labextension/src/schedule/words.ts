import { TranslationBundle } from '@jupyterlab/translation';

import { ahead, dayTime, duration, exact, moment } from '../time';
import { IEngine, IRecipe, IRun, Policy } from '../tokens';

/** How a job's schedule stands, as short as a line of the sidebar. */
export interface IStanding {
  kind: 'next' | 'late' | 'waiting' | 'off' | 'never';
  /** "every day at 06:00, UTC". */
  words: string;
  /** "next in 4 h", "overdue since 09:12" … */
  next: string;
  /** More, for those who point. */
  title: string;
}

/** null: the job has no schedule. `engine`: who acts; undefined while that is not known. */
export function standing(
  recipe: IRecipe,
  engine: IEngine | null | undefined,
  now: number,
  trans: TranslationBundle
): IStanding | null {
  const { schedule, next_fire } = recipe.state['x-jupyter'];
  if (!schedule) {
    return null;
  }
  const { words, overdue_since: since, last_slot: last } = schedule;
  if (recipe.spec['x-jupyter'].suspended) {
    const title = trans.__('%1: switched off', words);
    return { kind: 'off', words, next: trans.__('off'), title };
  }
  if (since !== null) {
    const skipped = last?.outcome === 'skipped' && last.scheduled_for === since;
    const when = moment(since, now);
    const next = skipped
      ? trans.__('waiting since %1: %2', when, last.reason)
      : engine === null
        ? trans.__('overdue since %1: nobody runs schedules now', when)
        : trans.__('overdue since %1', when);
    const title = `${words}\n${next}\n${exact(since)}`;
    return { kind: skipped ? 'waiting' : 'late', words, next, title };
  }
  if (next_fire === null) {
    const next = trans.__('never fires');
    return { kind: 'never', words, next, title: `${words}\n${next}` };
  }
  const next = trans.__('next %1', ahead(next_fire, now, trans));
  const title = `${words}\n${trans.__('next: %1', exact(next_fire))}`;
  return { kind: 'next', words, next, title };
}

/** What a policy is called, and what it does. */
export function policyWords(
  policy: Policy,
  trans: TranslationBundle
): { label: string; does: string } {
  switch (policy) {
    case 'Allow':
      return {
        label: trans.__('Allow: start another beside it'),
        does: trans.__('every slot starts its run, however many are active')
      };
    case 'Forbid':
      return {
        label: trans.__('Forbid: wait until it has ended'),
        does: trans.__(
          'then the latest slot that was due meanwhile starts, unless it is too late for it'
        )
      };
    case 'Replace':
      return {
        label: trans.__('Replace: stop it and start anew'),
        does: trans.__(
          'what is active is stopped with all its processes, and the new run starts'
        )
      };
  }
}

/** "up to 5 min after its time a slot still starts, later it is missed". */
export function deadlineWords(
  seconds: number | null,
  trans: TranslationBundle
): string {
  return seconds === null
    ? trans.__('none: the latest slot starts however late it is')
    : trans.__(
        'up to %1 after its time a slot still starts, later it is missed',
        seconds % 60
          ? duration(seconds, trans)
          : trans.__('%1 min', seconds / 60)
      );
}

/** By what a run was started, as short as a table cell. */
export function triggerWords(run: IRun, trans: TranslationBundle): string {
  switch (run.trigger) {
    case 'schedule':
      return trans.__('schedule');
    case 'catch-up':
      return trans.__('schedule, late');
    default:
      return trans.__('by hand');
  }
}

/** By what, and for which slot: "schedule, due Mon, 23 Nov, 06:00". */
export function dueWords(run: IRun, trans: TranslationBundle): string {
  const by = triggerWords(run, trans);
  return run.scheduled_for === null
    ? by
    : trans.__('%1, due %2', by, dayTime(run.scheduled_for));
}
