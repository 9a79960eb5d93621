/** The axis of time: how much of it is shown, and where it is marked. */

export type Span = 'day' | 'week' | 'month';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PAST: { [span in Span]: number } = {
  day: DAY,
  week: 7 * DAY,
  month: 30 * DAY
};
/** Of what is behind, how much is shown of what is ahead. */
const AHEAD = 0.15;
/** Pixels between two marks, at least. */
const APART = 64;
/** Hours, and days, between marks. */
const HOURS = [1, 2, 3, 6, 12];
const DAYS = [1, 2, 5, 10, 15];

/** Milliseconds since the epoch. */
export interface IRange {
  from: number;
  now: number;
  until: number;
}

export interface ITick {
  at: number;
  /** Whether it is the beginning of a day. */
  isDay: boolean;
}

export function rangeOf(span: Span, now: number): IRange {
  const past = PAST[span];
  return { from: now - past, now, until: now + past * AHEAD };
}

/** How much to show of a schedule that is due so often: some ten runs or more, if there are. */
export function spanOf(gap: number | null): Span {
  if (gap === null || gap <= 3 * HOUR) {
    return 'day';
  }
  return gap <= 26 * HOUR ? 'week' : 'month';
}

/** Pixels from the left for a time. */
export function scaleOf(range: IRange, width: number): (at: number) => number {
  return at => ((at - range.from) / (range.until - range.from)) * width;
}

/** Marks at even times of the viewer's clock, as many as are apart enough. */
export function ticksOf(range: IRange, width: number): ITick[] {
  const length = range.until - range.from;
  const least = (APART / Math.max(width, 1)) * length;
  const hours = HOURS.find(step => step * HOUR >= least);
  const days = DAYS.find(step => step * DAY >= least) ?? 30;
  const ticks: ITick[] = [];
  const time = new Date(range.from);
  time.setHours(0, 0, 0, 0);
  // By the clock and the calendar, not by so many hours: some days are longer than others.
  while (time.getTime() < range.until) {
    const isDay = time.getHours() === 0;
    if (time.getTime() >= range.from) {
      ticks.push({ at: time.getTime(), isDay });
    }
    const before = time.getTime();
    if (length <= 2 * DAY && hours) {
      time.setHours(time.getHours() + hours);
      // Where the clock is set back it may stay where it is.
      if (time.getTime() <= before) {
        time.setTime(before + hours * HOUR);
      }
    } else {
      time.setDate(time.getDate() + days);
    }
  }
  return ticks;
}
