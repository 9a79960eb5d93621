import { Query } from '../http';

export type When =
  'any' | 'today' | 'yesterday' | 'week' | 'month' | 'day' | 'range';
export type Outcome = 'all' | 'active' | 'completed' | 'error' | 'stopped';
export type Order = 'newest' | 'oldest' | 'longest' | 'shortest' | 'largest';

/** Which runs are shown. */
export interface IFilters {
  state: Outcome;
  when: When;
  /** Days as date inputs write them, "2025-11-18", in the user's zone; `day` is `from`. */
  from: string;
  to: string;
  pinned: boolean;
  /** Part of the job's name. */
  contains: string;
  /** Whether runs of other projects are shown too; of one job all are. */
  allProjects: boolean;
}

export const NO_FILTERS: IFilters = {
  state: 'all',
  when: 'any',
  from: '',
  to: '',
  pinned: false,
  contains: '',
  allProjects: false
};

/** Whether some runs of those in reach are left out. */
export function isFiltered(filters: IFilters): boolean {
  const { state, pinned, contains } = filters;
  const { since, until } = period(filters, Date.now());
  return (
    state !== 'all' || pinned || contains.trim() !== '' || !!(since || until)
  );
}

/** The filters as the server wants them. */
export function queryOf(filters: IFilters, now: number): Query {
  const { state, pinned, contains } = filters;
  return {
    ...period(filters, now),
    state: state === 'all' ? undefined : state,
    pinned: pinned ? 'true' : undefined,
    contains: contains.trim() || undefined
  };
}

/** From the beginning of the first day to that of the day after the last, in the user's zone. */
export function period(
  { when, from, to }: IFilters,
  now: number
): { since?: string; until?: string } {
  const today = dayOf(now);
  const between = (first: string, last: string) => ({
    since: first ? beginning(first) : undefined,
    until: last ? beginning(shifted(last, 1)) : undefined
  });
  switch (when) {
    case 'any':
      return {};
    case 'today':
      return between(today, '');
    case 'yesterday':
      return between(shifted(today, -1), shifted(today, -1));
    case 'week':
      return between(shifted(today, -6), '');
    case 'month':
      return between(shifted(today, -29), '');
    case 'day':
      return between(from, from);
    case 'range':
      return between(from, to);
  }
}

/** The days before yesterday that are told apart by their names. */
export function namedDays(now: number): string[] {
  const today = dayOf(now);
  return [2, 3, 4, 5, 6, 7].map(days => shifted(today, -days));
}

/** "Tuesday, 18 Nov". */
export function dayWords(day: string): string {
  return new Date(beginning(day)).toLocaleDateString(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'short'
  });
}

/** The day of a time, as date inputs write it. */
export function dayOf(time: number): string {
  const date = new Date(time);
  const pad = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** Days have 23 to 25 hours: they are counted, not added up. */
function shifted(day: string, days: number): string {
  const [year, month, date] = day.split('-').map(Number);
  return dayOf(new Date(year, month - 1, date + days).getTime());
}

function beginning(day: string): string {
  const [year, month, date] = day.split('-').map(Number);
  return new Date(year, month - 1, date).toISOString();
}
