import { linePath, nearest, topOf } from '../detail/scale';

const POINTS = [
  { at: 0, value: 0 },
  { at: 5, value: 2 },
  { at: 10, value: 1 }
];

describe('scale', () => {
  it('ends at a round number above the values, or at the limit', () => {
    expect(topOf(0.3, 8)).toBe(0.5);
    expect(topOf(1.7, 8)).toBe(2);
    expect(topOf(6, 8)).toBe(8);
    expect(topOf(9, 8)).toBe(9);
    expect(topOf(0, 8)).toBe(8);
    expect(topOf(1.99, 64)).toBe(5);
  });

  it('is round in its unit', () => {
    const mb = 1024 ** 2;
    expect(topOf(130 * mb, 24 * 1024 * mb, mb)).toBe(200 * mb);
  });

  it('draws from the lower left to the upper right', () => {
    expect(linePath(POINTS, 10, 4, 100, 20)).toBe('M0 20L50 10L100 15');
  });

  it('finds the nearest point', () => {
    expect(nearest(POINTS, 2)).toBe(0);
    expect(nearest(POINTS, 3)).toBe(1);
    expect(nearest(POINTS, 99)).toBe(2);
  });
});
