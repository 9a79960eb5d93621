/** Where runs, slots and fires stand in the picture. */

import { isActive } from '../states';
import { IFire, IRun, ISlot, RunState } from '../tokens';
import { IRange, scaleOf } from './axis';

/** Pixels of a column, in which what begins is one bar; and of the lowest bar. */
export const COLUMN = 9;
const LOWEST = 5;
const GAP = 1.5;

interface IPlace {
  x: number;
  width: number;
}

/** A run, or several that began close to each other. */
export interface IBar extends IPlace {
  kind: 'bar';
  height: number;
  /** Oldest first. */
  runs: readonly IRun[];
  /** The worst of them: what needs to be seen. */
  state: RunState;
  /** Which share of them is in that state. */
  share: number;
}

/** Slots that started no run. */
export interface ISlotMark extends IPlace {
  kind: 'skipped' | 'missed';
  slots: readonly ISlot[];
}

/** Slots to come. */
export interface IFireMark extends IPlace {
  kind: 'fire';
  fires: readonly IFire[];
}

export type Mark = IBar | ISlotMark | IFireMark;

export interface IContents {
  /** In any order, each once. */
  runs: readonly IRun[];
  slots: readonly ISlot[];
  fires: readonly IFire[];
}

/** Worst first. */
export const WORST: readonly RunState[] = [
  'error',
  'retrying',
  'stopping',
  'running',
  'starting',
  'queued',
  'stopped',
  'completed'
];

/** All marks, from left to right. Bars are up to `height` pixels high, the longest run's. */
export function marksOf(
  contents: IContents,
  range: IRange,
  width: number,
  height: number
): Mark[] {
  const { slots, fires } = contents;
  const place = { range, width };
  const unstarted = (kind: 'skipped' | 'missed') =>
    grouped(
      slots.filter(slot => slot.outcome === kind),
      slot => Date.parse(slot.scheduled_for),
      place
    ).map(({ items, x }) => ({ kind, slots: items, x, width: COLUMN }));
  const coming = grouped(fires, fire => Date.parse(fire.at), place).map(
    ({ items, x }) =>
      ({ kind: 'fire', fires: items, x, width: COLUMN - GAP }) as const
  );
  return [
    ...barsOf(contents.runs, range, width, height),
    ...unstarted('skipped'),
    ...unstarted('missed'),
    ...coming
  ].sort((a, b) => a.x - b.x);
}

function barsOf(
  runs: readonly IRun[],
  range: IRange,
  width: number,
  height: number
): IBar[] {
  const lasted = (run: IRun) => endOf(run, range.now) - beginOf(run);
  const longest = Math.max(1, ...runs.map(lasted));
  const scale = scaleOf(range, width);
  return grouped(runs, beginOf, { range, width }).map(({ items, x }) => {
    const share = Math.max(...items.map(lasted)) / longest;
    const end = Math.max(...items.map(run => endOf(run, range.now)));
    const state = worstOf(items);
    return {
      kind: 'bar',
      x,
      width: Math.max(COLUMN - GAP, scale(end) - x),
      height: LOWEST + (height - LOWEST) * share,
      runs: items,
      state,
      share: items.filter(run => run.state === state).length / items.length
    };
  });
}

/** Items that fall into the same column of the range, oldest first; one alone stands where it
 * is, several stand in their column. */
function grouped<T>(
  items: readonly T[],
  timeOf: (item: T) => number,
  place: { range: IRange; width: number }
): { items: T[]; x: number }[] {
  const { range, width } = place;
  const scale = scaleOf(range, width);
  const columns = new Map<number, T[]>();
  for (const item of items) {
    const at = timeOf(item);
    if (at >= range.from && at <= range.until) {
      const column = Math.floor(scale(at) / COLUMN);
      const others = columns.get(column);
      if (others) {
        others.push(item);
      } else {
        columns.set(column, [item]);
      }
    }
  }
  return [...columns.entries()].map(([column, found]) => ({
    items: found.sort((a, b) => timeOf(a) - timeOf(b)),
    x: found.length > 1 ? column * COLUMN : scale(timeOf(found[0]))
  }));
}

function beginOf(run: IRun): number {
  return Date.parse(run.started_at ?? run.created_at);
}

function endOf(run: IRun, now: number): number {
  if (run.ended_at !== null) {
    return Math.max(beginOf(run), Date.parse(run.ended_at));
  }
  return run.started_at !== null && isActive(run.state)
    ? Math.max(beginOf(run), now)
    : beginOf(run);
}

function worstOf(runs: readonly IRun[]): RunState {
  return WORST.find(state => runs.some(run => run.state === state))!;
}

/** The mark nearest to a place, if one is near. */
export function nearestMark(
  marks: readonly Mark[],
  x: number,
  y: 'bars' | 'slots'
): number | null {
  const reach = COLUMN;
  let best: number | null = null;
  let distance = reach;
  marks.forEach((mark, at) => {
    const isSlot = mark.kind === 'skipped' || mark.kind === 'missed';
    const outside = Math.max(mark.x - x, x - mark.x - mark.width, 0);
    // What is on the same level is nearer.
    const far = outside + (isSlot === (y === 'slots') ? 0 : reach / 2);
    if (far < distance || (far === distance && best !== null)) {
      best = at;
      distance = far;
    }
  });
  return best;
}

/** Of a bar the run to show: the latest that ended worst. */
export function runToShow(bar: IBar): IRun {
  return bar.runs.filter(run => run.state === bar.state).at(-1)!;
}
