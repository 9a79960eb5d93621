import { sumOf } from '../deployments/tab/sum';
import { IRunMetrics } from '../tokens';

const second = (at: number) => new Date(at * 1000).toISOString();

function metrics(...points: [number, number, number][]): IRunMetrics {
  return {
    attempt: 1,
    points: points.map(([at, cores, memory]) => [second(at), cores, memory]),
    limits: { cores: 4, memory: 1000 },
    cpu_seconds: 1,
    memory_peak: 900
  };
}

const points = (found: IRunMetrics) =>
  found.points.map(([at, cores, memory]) => [
    Date.parse(at) / 1000,
    cores,
    memory
  ]);

describe('sumOf', () => {
  it('adds what was measured at the same time', () => {
    const one = metrics([0, 0.5, 100], [10, 1, 200]);
    expect(points(sumOf([one, one]))).toEqual([
      [0, 1, 200],
      [10, 2, 400]
    ]);
  });

  it('takes cores as a mean since the point before and memory as in between', () => {
    const one = metrics([0, 0, 100], [10, 1, 200]);
    const other = metrics([0, 0, 0], [5, 0.5, 10], [10, 0.5, 10]);
    expect(points(sumOf([one, other]))).toEqual([
      [0, 0, 100],
      [5, 1.5, 160],
      [10, 1.5, 210]
    ]);
  });

  it('counts nothing of one that is not there yet, and goes on with what was seen last', () => {
    const early = metrics([0, 1, 100], [1, 1, 100]);
    const late = metrics([5, 2, 50], [6, 2, 50]);
    expect(points(sumOf([late, early]))).toEqual([
      [0, 1, 100],
      [1, 1, 100],
      [5, 3, 150],
      [6, 3, 150]
    ]);
  });

  it('has nothing to show of those that were never measured', () => {
    expect(sumOf([metrics(), metrics()]).points).toEqual([]);
  });
});
