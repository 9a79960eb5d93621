import { nullTranslator } from '@jupyterlab/translation';

import { ago, ahead, clock, duration, exact, moment, seconds } from '../time';

const trans = nullTranslator.load('');
const NOW = Date.parse('2026-06-15T12:00:00Z');
const before = (passed: number) => new Date(NOW - passed * 1000).toISOString();

describe('clock', () => {
  it.each([
    [0, '00:00'],
    [42.9, '00:42'],
    [3723, '1:02:03'],
    [2 * 86400 + 3723, '2 d 01:02:03']
  ])('shows %d seconds as %s', (total, words) => {
    expect(clock(total, trans)).toBe(words);
  });
});

describe('duration', () => {
  it.each([
    [0.01, 'under 0.1 s'],
    [0.44, '0.4 s'],
    [42, '42 s'],
    [59.6, '1 min 0 s'],
    [185, '3 min 5 s'],
    [7800, '2 h 10 min'],
    [3 * 86400 + 4 * 3600, '3 d 4 h']
  ])('says %d seconds as %s', (total, words) => {
    expect(duration(total, trans)).toBe(words);
  });
});

describe('ago', () => {
  it.each([
    [5, 'just now'],
    [300, '5 min ago'],
    [7300, '2 h ago'],
    [86400, '1 day ago'],
    [3 * 86400, '3 days ago']
  ])('says %d seconds before now as %s', (passed, words) => {
    expect(ago(before(passed), NOW, trans)).toBe(words);
  });

  it('is the date when long ago, with the year when another', () => {
    expect(ago(before(60 * 86400), NOW, trans)).toMatch(/Apr/);
    expect(ago(before(400 * 86400), NOW, trans)).toMatch(/2025/);
  });

  it('is never in the future, though clocks differ', () => {
    expect(ago(before(-30), NOW, trans)).toBe('just now');
    expect(seconds(before(-30), null, NOW)).toBe(0);
  });
});

describe('moment', () => {
  it('has the time today, the weekday this week, then the date', () => {
    expect(moment(before(60), NOW)).toMatch(/^\d\d:\d\d/);
    expect(moment(before(2 * 86400), NOW)).toMatch(/Sat/);
    expect(moment(before(20 * 86400), NOW)).toMatch(/May/);
  });
});

describe('exact', () => {
  it('has seconds and the zone', () => {
    expect(exact('2026-06-15T12:34:56Z')).toMatch(/:34:56.*[A-Z]/);
  });
});

describe('ahead', () => {
  it.each([
    [-5, 'now'],
    [42, 'in under a minute'],
    [90, 'in 1 min'],
    [4 * 3600 + 1800, 'in 4 h'],
    [26 * 3600, 'in 1 day'],
    [3 * 86400, 'in 3 days']
  ])('says %d seconds to come as %s', (left, words) => {
    expect(ahead(before(-left), NOW, trans)).toBe(words);
  });

  it('gives the date of what is far off', () => {
    expect(ahead(before(-40 * 86400), NOW, trans)).toMatch(/^on .*25/);
  });
});
