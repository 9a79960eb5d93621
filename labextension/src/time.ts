import { TranslationBundle } from '@jupyterlab/translation';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// Made once: to make one takes a hundred times as long as to use it.
const clockTime = { hour: '2-digit', minute: '2-digit' } as const;
const TIME = new Intl.DateTimeFormat(undefined, clockTime);
const WEEKDAY = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  ...clockTime
});
const day = { day: 'numeric', month: 'short' } as const;
const DATE = new Intl.DateTimeFormat(undefined, day);
const DATE_AND_YEAR = new Intl.DateTimeFormat(undefined, {
  ...day,
  year: 'numeric'
});
const dayAndTime = { weekday: 'short', ...day, ...clockTime } as const;
const DAY_TIME = new Intl.DateTimeFormat(undefined, dayAndTime);
const WALL_TIME = new Intl.DateTimeFormat(undefined, {
  ...dayAndTime,
  timeZone: 'UTC'
});
const EXACT = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short'
});

/** Seconds from `start` to `end` (ISO 8601) or to `now` (ms); never negative: clocks differ. */
export function seconds(
  start: string,
  end: string | null,
  now: number
): number {
  const until = end === null ? now : Date.parse(end);
  return Math.max(0, (until - Date.parse(start)) / 1000);
}

/** A clock that counts: "00:42", "1:02:03", "2 d 01:02:03". */
export function clock(total: number, trans: TranslationBundle): string {
  const whole = Math.floor(total);
  const pad = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [
    Math.floor((whole % DAY) / HOUR),
    Math.floor((whole % HOUR) / MINUTE),
    whole % MINUTE
  ];
  if (whole >= DAY) {
    const days = trans.__('%1 d', Math.floor(whole / DAY));
    return `${days} ${pad(h)}:${pad(m)}:${pad(s)}`;
  }
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${pad(m)}:${pad(s)}`;
}

/** A duration that is over: "0.4 s", "42 s", "3 min 5 s", "2 h 10 min", "3 d 4 h". */
export function duration(total: number, trans: TranslationBundle): string {
  if (total < 0.05) {
    return trans.__('under 0.1 s');
  }
  if (total < 10) {
    return trans.__('%1 s', Math.round(total * 10) / 10);
  }
  const whole = Math.round(total);
  if (whole < MINUTE) {
    return trans.__('%1 s', whole);
  }
  if (whole < HOUR) {
    return trans.__('%1 min %2 s', Math.floor(whole / MINUTE), whole % MINUTE);
  }
  if (whole < DAY) {
    const minutes = Math.floor((whole % HOUR) / MINUTE);
    return trans.__('%1 h %2 min', Math.floor(whole / HOUR), minutes);
  }
  const hours = Math.floor((whole % DAY) / HOUR);
  return trans.__('%1 d %2 h', Math.floor(whole / DAY), hours);
}

/** "just now", "5 min ago", "2 h ago", "3 days ago", then the date. */
export function ago(iso: string, now: number, trans: TranslationBundle) {
  const passed = seconds(iso, null, now);
  if (passed < MINUTE) {
    return trans.__('just now');
  }
  if (passed < HOUR) {
    return trans.__('%1 min ago', Math.floor(passed / MINUTE));
  }
  if (passed < DAY) {
    return trans.__('%1 h ago', Math.floor(passed / HOUR));
  }
  if (passed < 14 * DAY) {
    const days = Math.floor(passed / DAY);
    return trans._n('%1 day ago', '%1 days ago', days);
  }
  return date(iso, now);
}

/** How far off something is: "now", "in under a minute", "in 4 h", "in 3 days", then the date. */
export function ahead(iso: string, now: number, trans: TranslationBundle) {
  const left = (Date.parse(iso) - now) / 1000;
  if (left <= 0) {
    return trans.__('now');
  }
  if (left < MINUTE) {
    return trans.__('in under a minute');
  }
  if (left < HOUR) {
    return trans.__('in %1 min', Math.floor(left / MINUTE));
  }
  if (left < DAY) {
    return trans.__('in %1 h', Math.floor(left / HOUR));
  }
  if (left < 14 * DAY) {
    const days = Math.floor(left / DAY);
    return trans._n('in %1 day', 'in %1 days', days);
  }
  return trans.__('on %1', date(iso, now));
}

/** When something happened, as short as it is clear: "09:12", "Tue 09:12", "3 Mar", "3 Mar 2025". */
export function moment(iso: string, now: number): string {
  const then = new Date(iso);
  if (then.toDateString() === new Date(now).toDateString()) {
    return TIME.format(then);
  }
  if (seconds(iso, null, now) < 6 * DAY) {
    return WEEKDAY.format(then);
  }
  return date(iso, now);
}

/** Day and time, without the year: "Mon, 23 Nov, 06:00". */
export function dayTime(iso: string): string {
  return DAY_TIME.format(new Date(iso));
}

/** For an axis: the time of a day, in milliseconds since the epoch. */
export function timeOf(at: number): string {
  return TIME.format(at);
}

/** For an axis: "23 Nov". */
export function dateOf(at: number): string {
  return DATE.format(at);
}

/** Day and time that a clock shows: of "2026-11-23 06:00", on whichever clock. */
export function wallTime(wall: string): string {
  return WALL_TIME.format(new Date(`${wall.replace(' ', 'T')}Z`));
}

/** To the second, with the zone: for titles. */
export function exact(iso: string): string {
  return EXACT.format(new Date(iso));
}

function date(iso: string, now: number): string {
  const then = new Date(iso);
  const sameYear = then.getFullYear() === new Date(now).getFullYear();
  return (sameYear ? DATE : DATE_AND_YEAR).format(then);
}
