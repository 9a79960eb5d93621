import {
  dayOf,
  isFiltered,
  namedDays,
  NO_FILTERS,
  period,
  queryOf
} from '../runs/filters';

/** Noon of a day in the zone of the test. */
const noon = new Date(2030, 2, 12, 12).getTime();
const midnight = (day: number, month = 2) =>
  new Date(2030, month, day).toISOString();

describe('period', () => {
  const of = (some: object) => period({ ...NO_FILTERS, ...some }, noon);

  it('begins and ends at midnight, and does not end where it goes on', () => {
    expect(of({ when: 'any' })).toEqual({});
    expect(of({ when: 'today' })).toEqual({ since: midnight(12) });
    expect(of({ when: 'yesterday' })).toEqual({
      since: midnight(11),
      until: midnight(12)
    });
    expect(of({ when: 'week' })).toEqual({ since: midnight(6) });
    expect(of({ when: 'month' })).toEqual({ since: midnight(11, 1) });
  });

  it('has the last day in it, and may be open at either end', () => {
    const range = { when: 'range', from: '2030-02-27', to: '2030-03-01' };
    expect(of(range)).toEqual({ since: midnight(27, 1), until: midnight(2) });
    expect(of({ ...range, to: '' })).toEqual({ since: midnight(27, 1) });
    expect(of({ ...range, from: '' })).toEqual({ until: midnight(2) });
    expect(of({ when: 'day', from: '2030-03-05' })).toEqual({
      since: midnight(5),
      until: midnight(6)
    });
  });

  it('counts days, not hours, over every day of a year', () => {
    for (let day = 1; day <= 365; day++) {
      const now = new Date(2030, 0, day, 12).getTime();
      const { since, until } = period(
        { ...NO_FILTERS, when: 'yesterday' },
        now
      );
      expect([since, until]).toEqual([
        new Date(2030, 0, day - 1).toISOString(),
        new Date(2030, 0, day).toISOString()
      ]);
    }
  });
});

describe('filters', () => {
  it('ask for nothing that is not filtered', () => {
    expect(
      Object.values(queryOf(NO_FILTERS, noon)).filter(value => value)
    ).toEqual([]);
    expect(isFiltered(NO_FILTERS)).toBe(false);
    expect(isFiltered({ ...NO_FILTERS, when: 'range' })).toBe(false);
  });

  it('ask for the failures of last Tuesday', () => {
    const tuesday = namedDays(noon).find(
      day => new Date(`${day}T12:00`).getDay() === 2
    )!;
    expect(tuesday).toBe('2030-03-05');
    const filters = {
      ...NO_FILTERS,
      state: 'error' as const,
      when: 'day' as const,
      from: tuesday,
      contains: ' etl '
    };
    expect(queryOf(filters, noon)).toEqual({
      state: 'error',
      since: midnight(5),
      until: midnight(6),
      contains: 'etl',
      pinned: undefined
    });
    expect(isFiltered(filters)).toBe(true);
  });

  it('know the days of the week before yesterday', () => {
    expect(namedDays(noon)).toHaveLength(6);
    expect(namedDays(noon)).not.toContain(dayOf(noon));
  });
});
