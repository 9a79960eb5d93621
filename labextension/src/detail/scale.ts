/** Geometry of charts: what is drawn where. */

interface IPoint {
  at: number;
  value: number;
}

/** Where a scale ends that has to hold `most`: at a round number of units above it, never
 * above `limit` unless the values are. */
export function topOf(most: number, limit: number, unit = 1): number {
  if (most > limit || most * 1.6 > limit) {
    return Math.max(most, limit);
  }
  if (most <= 0) {
    return limit;
  }
  const power = unit * 10 ** Math.floor(Math.log10(most / unit));
  const step = [1, 2, 5, 10].find(factor => factor * power > most * 1.05)!;
  return Math.min(limit, step * power);
}

/** The SVG path through the points; `end` and `top` are the ends of its axes. */
export function linePath(
  points: readonly IPoint[],
  end: number,
  top: number,
  width: number,
  height: number
): string {
  return points
    .map(({ at, value }, index) => {
      const x = end > 0 ? (at / end) * width : 0;
      const y = height - (Math.min(value, top) / top) * height;
      return `${index ? 'L' : 'M'}${round(x)} ${round(y)}`;
    })
    .join('');
}

/** The position of the point nearest to a time. */
export function nearest(points: readonly IPoint[], at: number): number {
  let best = 0;
  points.forEach((point, index) => {
    if (Math.abs(point.at - at) < Math.abs(points[best].at - at)) {
      best = index;
    }
  });
  return best;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
