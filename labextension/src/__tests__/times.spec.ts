import { LogTimes } from '../logs/times';

const mark = (offset: number): [number, string] => [offset, `t${offset}`];

describe('LogTimes', () => {
  const known = () => {
    const times = new LogTimes(jest.fn());
    times.add(100, 200, [mark(100), mark(150)]);
    return times;
  };

  it('knows when a byte was written, within what was asked for', () => {
    const times = known();
    expect(times.at(100)).toBe('t100');
    expect(times.at(149)).toBe('t100');
    expect(times.at(199)).toBe('t150');
    expect(times.at(99)).toBeNull();
    expect(times.at(200)).toBeNull();
  });

  it('lacks only what is new at either end', () => {
    const times = known();
    expect(times.missing(100, 200)).toBeNull();
    expect(times.missing(50, 200)).toEqual([50, 100]);
    expect(times.missing(120, 300)).toEqual([200, 300]);
    times.add(200, 300, [mark(250)]);
    times.add(50, 100, [mark(50)]);
    expect(times.at(60)).toBe('t50');
    expect(times.at(260)).toBe('t250');
  });

  it('begins anew elsewhere', () => {
    const times = known();
    expect(times.missing(1000, 1100)).toEqual([1000, 1100]);
    times.add(1000, 1100, [mark(1000)]);
    expect(times.at(150)).toBeNull();
    expect(times.at(1050)).toBe('t1000');
  });

  it('asks once at a time, and again after a failure', async () => {
    jest.useFakeTimers();
    const fetch = jest
      .fn()
      .mockRejectedValueOnce(new Error('offline'))
      .mockResolvedValue({ marks: [mark(0)] });
    const times = new LogTimes(fetch);
    const known = jest.fn();
    times.ask(0, 10, known);
    times.ask(0, 20, known);
    expect(fetch).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(1100);
    times.ask(0, 20, known);
    await jest.advanceTimersByTimeAsync(0);
    expect(fetch).toHaveBeenLastCalledWith(0, 20);
    expect(times.at(15)).toBe('t0');
    expect(known).toHaveBeenCalledTimes(2);
    jest.useRealTimers();
  });
});
