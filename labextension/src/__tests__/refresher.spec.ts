import { Refresher } from '../refresher';

/** A fetch that ends when told to. */
function slowFetch() {
  const ends: (() => void)[] = [];
  const fetch = jest.fn(
    () => new Promise<boolean>(resolve => ends.push(() => resolve(true)))
  );
  return { fetch, end: () => ends.shift()!() };
}

describe('Refresher', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('fetches once for a burst', async () => {
    const fetch = jest.fn(async () => true);
    const refresher = new Refresher(fetch);
    await jest.advanceTimersByTimeAsync(500);
    fetch.mockClear();
    for (let i = 0; i < 50; i++) {
      void refresher.trigger();
    }
    await jest.advanceTimersByTimeAsync(300);
    expect(fetch).toHaveBeenCalledTimes(1);
    refresher.dispose();
  });

  it('never fetches twice at once, and again after a trigger meanwhile', async () => {
    const { fetch, end } = slowFetch();
    const refresher = new Refresher(fetch);
    await jest.advanceTimersByTimeAsync(300);
    expect(fetch).toHaveBeenCalledTimes(1);
    const done = jest.fn();
    void refresher.trigger().then(done);
    void refresher.trigger().then(done);
    await jest.advanceTimersByTimeAsync(1000);
    expect(fetch).toHaveBeenCalledTimes(1);
    end();
    await jest.advanceTimersByTimeAsync(300);
    expect(fetch).toHaveBeenCalledTimes(2);
    expect(done).not.toHaveBeenCalled();
    end();
    await jest.advanceTimersByTimeAsync(0);
    expect(done).toHaveBeenCalledTimes(2);
    refresher.dispose();
  });

  it('fetches every ten seconds when nothing is heard', async () => {
    const fetch = jest.fn(async () => true);
    const refresher = new Refresher(fetch);
    await jest.advanceTimersByTimeAsync(500);
    const first = fetch.mock.calls.length;
    await jest.advanceTimersByTimeAsync(30_000);
    expect(fetch.mock.calls.length - first).toBeGreaterThanOrEqual(2);
    refresher.dispose();
    const last = fetch.mock.calls.length;
    await jest.advanceTimersByTimeAsync(30_000);
    expect(fetch).toHaveBeenCalledTimes(last);
  });

  it('asks often in an outage and half a minute after it', async () => {
    let answers = false;
    const fetch = jest.fn(async () => answers);
    const refresher = new Refresher(fetch);
    await jest.advanceTimersByTimeAsync(500);
    fetch.mockClear();
    for (let i = 0; i < 28; i++) {
      fetch.mockClear();
      answers = i >= 15;
      await jest.advanceTimersByTimeAsync(2000);
      expect(fetch).toHaveBeenCalled();
    }
    await jest.advanceTimersByTimeAsync(10_000);
    fetch.mockClear();
    await jest.advanceTimersByTimeAsync(8000);
    expect(fetch.mock.calls.length).toBeLessThanOrEqual(1);
    refresher.dispose();
  });
});
