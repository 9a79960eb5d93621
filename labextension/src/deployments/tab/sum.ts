import { IRunMetrics } from '../../tokens';

type Point = IRunMetrics['points'][number];

/** What several instances that live take together, as if they were one: whoever was not there
 * yet took nothing, and each goes on as it was seen last. One or more; points oldest first. */
export function sumOf(all: readonly IRunMetrics[]): IRunMetrics {
  const series = all.map(({ points }) => points).filter(({ length }) => length);
  const times = [...new Set(series.flat().map(([at]) => at))].sort();
  // Times move on only: each series is walked through once.
  const cursors = series.map(() => 0);
  const points = times.map((at): Point => {
    let [cores, memory] = [0, 0];
    series.forEach((own, i) => {
      while (cursors[i] < own.length && own[cursors[i]][0] < at) {
        cursors[i]++;
      }
      const [one, other] = valuesAt(own, cursors[i], at);
      cores += one;
      memory += other;
    });
    return [at, cores, memory];
  });
  return {
    attempt: all[0].attempt,
    points,
    limits: all[0].limits,
    cpu_seconds: null,
    memory_peak: null
  };
}

/** Cores and bytes at a time; `next` is the first point that is not before it, if there is one. */
function valuesAt(
  points: readonly Point[],
  next: number,
  at: string
): [number, number] {
  const [end, cores, memory] = points[Math.min(next, points.length - 1)];
  if (next === 0 && end > at) {
    return [0, 0];
  }
  if (next === 0 || end <= at) {
    return [cores, memory];
  }
  // Cores are a mean over the time since the point before; memory was looked at.
  const [start, , before] = points[next - 1];
  const [from, to] = [Date.parse(start), Date.parse(end)];
  const share = (Date.parse(at) - from) / (to - from);
  return [cores, before + (memory - before) * share];
}
