import { rangeOf, scaleOf, spanOf, ticksOf } from '../timeline/axis';
import {
  COLUMN,
  IBar,
  marksOf,
  nearestMark,
  runToShow
} from '../timeline/layout';
import { IFire, IRun, ISlot, RunState } from '../tokens';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const RANGE = rangeOf('day', NOW);
const MINUTE = 60_000;
const iso = (at: number) => new Date(at).toISOString();

function run(minutesAgo: number, minutes: number, state: RunState): IRun {
  const at = NOW - minutesAgo * MINUTE;
  return {
    id: `r${minutesAgo}`,
    number: 10_000 - minutesAgo,
    state,
    created_at: iso(at),
    started_at: iso(at),
    ended_at: state === 'running' ? null : iso(at + minutes * MINUTE)
  } as IRun;
}

function slot(minutesAgo: number, outcome: ISlot['outcome']): ISlot {
  const scheduled_for = iso(NOW - minutesAgo * MINUTE);
  return { scheduled_for, outcome } as ISlot;
}

function marks(runs: IRun[], slots: ISlot[] = [], fires: IFire[] = []) {
  return marksOf({ runs, slots, fires }, RANGE, 1000, 40);
}

describe('marks', () => {
  it('are as wide as runs took, as high as they were long', () => {
    const [short, long] = marks([
      run(120, 60, 'completed'),
      run(600, 30, 'error')
    ]) as IBar[];
    const scale = scaleOf(RANGE, 1000);
    expect(short.x).toBeCloseTo(scale(NOW - 600 * MINUTE));
    expect(short.width).toBeCloseTo((30 * 1000) / (1440 * 1.15));
    expect(long.height).toBe(40);
    expect(short.height).toBeLessThan(25);
  });

  it('of a run that goes on reach to now', () => {
    const [bar] = marks([run(60, 0, 'running')]);
    expect(bar.x + bar.width).toBeCloseTo(scaleOf(RANGE, 1000)(NOW));
  });

  it('of many runs merge into columns that lose none and show the worst', () => {
    const runs = Array.from({ length: 1440 }, (_, at) =>
      run(1439 - at, 0.5, at === 700 ? 'error' : 'completed')
    );
    const bars = marks(runs) as IBar[];
    expect(bars.length).toBeLessThanOrEqual(Math.ceil(1000 / COLUMN));
    expect(bars.flatMap(bar => bar.runs)).toHaveLength(1440);
    const [bad, ...others] = bars.filter(bar => bar.state === 'error');
    expect(others).toEqual([]);
    expect(bad.share).toBeCloseTo(1 / bad.runs.length);
    expect(runToShow(bad).state).toBe('error');
  });

  it('tell slots apart and keep fires to come, from left to right', () => {
    const found = marks(
      [run(100, 1, 'completed')],
      [slot(100, 'started'), slot(200, 'skipped'), slot(300, 'missed')],
      [{ at: iso(NOW + 30 * MINUTE), wall: '', note: null }]
    );
    expect(found.map(mark => mark.kind)).toEqual([
      'missed',
      'skipped',
      'bar',
      'fire'
    ]);
  });

  it('leave out what is not in the range', () => {
    expect(
      marks(
        [run(24 * 60 + 1, 1, 'completed')],
        [],
        [{ at: iso(NOW + 8 * 60 * MINUTE), wall: '', note: null }]
      )
    ).toEqual([]);
  });

  it('are found near a pointer, those of its level first', () => {
    const found = marks([run(100, 1, 'completed')], [slot(101, 'skipped')]);
    const at = scaleOf(RANGE, 1000)(NOW - 100 * MINUTE);
    expect(found[nearestMark(found, at, 'bars')!].kind).toBe('bar');
    expect(found[nearestMark(found, at, 'slots')!].kind).toBe('skipped');
    expect(nearestMark(found, at - 100, 'bars')).toBeNull();
  });
});

describe('the axis', () => {
  it.each([
    [60, 'day'],
    [24 * 60, 'week'],
    [7 * 24 * 60, 'month']
  ])('of a schedule due every %d minutes shows a %s', (minutes, span) => {
    expect(spanOf(minutes * MINUTE)).toBe(span);
  });

  it.each([
    ['day', 1000],
    ['day', 200],
    ['week', 1000],
    ['month', 1000],
    ['month', 100]
  ] as const)(
    'has marks apart enough for their words: %s, %d',
    (span, width) => {
      const range = rangeOf(span, NOW);
      const places = ticksOf(range, width).map(({ at }) =>
        scaleOf(range, width)(at)
      );
      places.slice(1).forEach((place, at) => {
        expect(place - places[at]).toBeGreaterThan(55);
      });
      expect(places.length).toBeGreaterThan(0);
    }
  );
});
