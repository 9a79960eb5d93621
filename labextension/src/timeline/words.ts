import { TranslationBundle } from '@jupyterlab/translation';

import { triggerWords } from '../schedule/words';
import { outcome, stateWord } from '../states';
import { ahead, dayTime, duration, moment, seconds } from '../time';
import { IFire, IRun, ISlot, RunState } from '../tokens';
import { IBar, Mark, runToShow, WORST } from './layout';

/** What a mark stands for, in a line; `slots` tell why runs were late. */
export function markWords(
  mark: Mark,
  slots: readonly ISlot[],
  now: number,
  trans: TranslationBundle
): string {
  switch (mark.kind) {
    case 'bar':
      return mark.runs.length > 1
        ? barWords(mark, trans)
        : runWords(mark.runs[0], slots, now, trans);
    case 'fire':
      return fireWords(mark.fires, now, trans);
    default:
      return slotWords(mark.slots, trans);
  }
}

/** "Run 12 (schedule), Mon, 23 Nov, 06:00: failed (exit code 1), took 3 min 5 s". */
function runWords(
  run: IRun,
  slots: readonly ISlot[],
  now: number,
  trans: TranslationBundle
): string {
  const words = trans.__(
    'Run %1 (%2), %3: %4',
    run.number,
    triggerWords(run, trans),
    dayTime(run.started_at ?? run.created_at),
    outcome(run, trans)
  );
  const { started_at, ended_at } = run;
  const took =
    started_at && duration(seconds(started_at, ended_at, now), trans);
  const late =
    run.trigger === 'catch-up' &&
    slots.find(slot => slot.run_id === run.id)?.reason;
  return [words, took, late].filter(Boolean).join(', ');
}

/** "14 runs, Mon, 23 Nov, 06:00 – 06:14: 1 failed, 13 completed; choose for run 9". */
function barWords(bar: IBar, trans: TranslationBundle): string {
  const { runs } = bar;
  const listed = WORST.map(state => ({
    state,
    count: runs.filter(run => run.state === state).length
  }))
    .filter(({ count }) => count)
    .map(({ state, count }) => `${count} ${stateWord(state, trans)}`)
    .join(', ');
  const at = (run: IRun) => run.started_at ?? run.created_at;
  return trans.__(
    '%1 runs, %2: %3; choose for run %4',
    runs.length,
    between(at(runs[0]), at(runs[runs.length - 1])),
    listed,
    runToShow(bar).number
  );
}

function slotWords(slots: readonly ISlot[], trans: TranslationBundle): string {
  const [first] = slots;
  const last = slots[slots.length - 1];
  const count = slots.reduce((sum, slot) => sum + slot.count, 0);
  const when = between(first.scheduled_for, last.scheduled_for);
  const isMissed = first.outcome === 'missed';
  const what = isMissed
    ? trans._n('Missed: %2', '%1 slots missed: %2', count, when)
    : trans._n('Skipped: %2', '%1 slots skipped: %2', count, when);
  return last.reason ? trans.__('%1 – %2', what, last.reason) : what;
}

function fireWords(
  fires: readonly IFire[],
  now: number,
  trans: TranslationBundle
): string {
  const [{ at, note }] = fires;
  const last = fires[fires.length - 1].at;
  const words = trans._n(
    'To come: %2, %3',
    '%1 to come: %2, %3',
    fires.length,
    between(at, last),
    ahead(at, now, trans)
  );
  return note === null ? words : `${words} (${note})`;
}

/** "Mon, 23 Nov, 06:00 – 06:14". */
function between(first: string, last: string): string {
  return dayTime(first) === dayTime(last)
    ? dayTime(first)
    : `${dayTime(first)} – ${moment(last, Date.parse(first))}`;
}

/** A part of what the picture shows in all; its `kind` is drawn before it. */
export interface ICount {
  kind: '' | 'error' | 'stopped' | 'skipped' | 'missed';
  words: string;
}

/** What the picture shows in all: "14 runs", "1 failed" … */
export function countsOf(
  runs: readonly IRun[],
  slots: readonly ISlot[],
  trans: TranslationBundle
): ICount[] {
  const ended = (state: RunState) =>
    runs.filter(run => run.state === state).length;
  const unstarted = (outcome: ISlot['outcome']) =>
    slots
      .filter(slot => slot.outcome === outcome)
      .reduce((sum, slot) => sum + slot.count, 0);
  const counts: [ICount['kind'], number, (n: number, s: string) => string][] = [
    ['error', ended('error'), (_, s) => trans.__('%1 failed', s)],
    ['stopped', ended('stopped'), (_, s) => trans.__('%1 stopped', s)],
    [
      'skipped',
      unstarted('skipped'),
      (n, s) => trans._n('%2 slot skipped', '%2 slots skipped', n, s)
    ],
    [
      'missed',
      unstarted('missed'),
      (n, s) => trans._n('%2 slot missed', '%2 slots missed', n, s)
    ]
  ];
  const all = runs.length.toLocaleString();
  return [
    { kind: '', words: trans._n('%2 run', '%2 runs', runs.length, all) },
    ...counts
      .filter(([, count]) => count)
      .map(([kind, count, words]) => ({
        kind,
        words: words(count, count.toLocaleString())
      }))
  ];
}
