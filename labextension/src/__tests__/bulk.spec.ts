import { Bulk } from '../bulk';

const ids = Array.from({ length: 250 }, (_, n) => `${n}`);
const words = (error: unknown) => (error as Error).message;

describe('Bulk', () => {
  it('does all, piece by piece, and says how far it is', async () => {
    const bulk = new Bulk();
    const told: (number | undefined)[] = [];
    bulk.changed.connect(() => told.push(bulk.progress?.done));
    const outcome = await bulk.run(
      'delete',
      ids,
      async some => ({ done: some, errors: [] }),
      words
    );
    expect(outcome).toEqual({ done: ids, errors: [], failed: 0, left: 0 });
    expect(told).toEqual([0, 100, 200, undefined]);
  });

  it('ends after the piece during which it is cancelled', async () => {
    const bulk = new Bulk();
    const outcome = await bulk.run(
      'stop',
      ids,
      async some => {
        bulk.cancel();
        return { done: some, errors: [] };
      },
      words
    );
    expect(outcome.done.length).toBe(100);
    expect(outcome.left).toBe(150);
    expect(outcome.errors).toEqual([]);
  });

  it('tells each reason once, and goes on with the others', async () => {
    const outcome = await new Bulk().run(
      'delete',
      ids,
      async some => ({
        done: some.slice(2),
        errors: some.slice(0, 2).map(id => ({ id, message: 'is running' }))
      }),
      words
    );
    expect(outcome.errors).toEqual(['is running']);
    expect(outcome.failed).toBe(6);
    expect(outcome.done.length).toBe(244);
  });

  it('ends when the server does not answer, with what was done before', async () => {
    let calls = 0;
    const outcome = await new Bulk().run(
      'delete',
      ids,
      async some => {
        if (++calls === 2) {
          throw new Error('no answer');
        }
        return { done: some, errors: [] };
      },
      words
    );
    expect(outcome).toEqual({
      done: ids.slice(0, 100),
      errors: ['no answer'],
      failed: 0,
      left: 150
    });
  });
});
