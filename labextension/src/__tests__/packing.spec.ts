import { Packing } from '../code/packing';
import { ProblemError } from '../http';
import { DeployService } from '../service';
import { IPacking } from '../tokens';

const BEGUN: IPacking = {
  id: 'p1',
  state: 'packing',
  files: 4,
  bytes: 400,
  packed_files: 0,
  packed_bytes: 0,
  snapshot: null,
  problem: null
};

/** A server that answers with these, one after the other. */
function server(...answers: Partial<IPacking>[]) {
  const next = jest.fn(async () => ({ ...BEGUN, ...answers.shift() }));
  const cancelPacking = jest.fn(async () => ({
    ...BEGUN,
    state: 'cancelled' as const
  }));
  const service = { pack: next, packing: next, cancelPacking };
  return { service: service as unknown as DeployService, cancelPacking };
}

describe('Packing', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('says how far it is until the snapshot is there', async () => {
    const { service } = server(
      {},
      { packed_files: 2 },
      { state: 'done', snapshot: 'abc' }
    );
    const seen: number[] = [];
    const done = new Packing(service, packing =>
      seen.push(packing.packed_files)
    ).run();
    await jest.advanceTimersByTimeAsync(1000);
    expect(await done).toBe('abc');
    expect(seen).toEqual([0, 2]);
  });

  it('rejects with why it failed', async () => {
    const problem = { message: 'too large', errors: [] };
    const { service } = server({ state: 'failed', problem });
    await expect(new Packing(service, () => undefined).run()).rejects.toEqual(
      new ProblemError(422, problem)
    );
  });

  it('tells the server when it is cancelled, and gives nothing', async () => {
    const { service, cancelPacking } = server({}, {}, {});
    const packing = new Packing(service, () => undefined);
    const done = packing.run();
    await jest.advanceTimersByTimeAsync(100);
    packing.cancel();
    await jest.advanceTimersByTimeAsync(1000);
    expect(await done).toBeNull();
    expect(cancelPacking).toHaveBeenCalledWith('p1');
  });

  it('can be cancelled before the server knows of it', async () => {
    const { service, cancelPacking } = server({});
    const packing = new Packing(service, () => undefined);
    const done = packing.run();
    packing.cancel();
    await jest.advanceTimersByTimeAsync(0);
    expect(await done).toBeNull();
    expect(cancelPacking).toHaveBeenCalledWith('p1');
  });
});
