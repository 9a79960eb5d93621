import { byUrgency } from '../panel/order';
import { IRecipe, RunState } from '../tokens';

/** A job; times are seconds after noon. */
function job(
  name: string,
  state: RunState | null,
  times: { updated?: number; started?: number; ended?: number; place?: number }
): IRecipe {
  const at = (s = 0) => new Date(Date.UTC(2030, 0, 1, 12, 0, s)).toISOString();
  const run = state && {
    state,
    created_at: at(),
    started_at: at(times.started),
    ended_at: times.ended === undefined ? null : at(times.ended)
  };
  return {
    spec: { name },
    state: {
      'x-jupyter': {
        last_run: run,
        queue_position: times.place ?? null,
        updated_at: at(times.updated)
      }
    }
  } as unknown as IRecipe;
}

const order = (...jobs: IRecipe[]) => byUrgency(jobs).map(j => j.spec.name);

describe('byUrgency', () => {
  it('puts what runs before what is queued before what has ended', () => {
    expect(
      order(
        job('ended', 'completed', { ended: 50 }),
        job('queued', 'queued', { place: 1 }),
        job('never', null, { updated: 55 }),
        job('running', 'running', { started: 1 })
      )
    ).toEqual(['running', 'queued', 'never', 'ended']);
  });

  it('keeps the order of the queue', () => {
    expect(
      order(
        job('third', 'queued', { place: 3 }),
        job('first', 'queued', { place: 1 }),
        job('second', 'queued', { place: 2 })
      )
    ).toEqual(['first', 'second', 'third']);
  });

  it('puts the newest change first, an edit being one, then goes by name', () => {
    expect(
      order(
        job('old', 'error', { ended: 10 }),
        job('b', 'completed', { ended: 30 }),
        job('a', 'stopped', { ended: 30 }),
        job('edited', 'error', { ended: 5, updated: 40 })
      )
    ).toEqual(['edited', 'a', 'b', 'old']);
  });

  it('counts a run that waits for another attempt among those that run', () => {
    expect(
      order(
        job('queued', 'queued', { place: 1 }),
        job('retrying', 'retrying', { started: 1 })
      )
    ).toEqual(['retrying', 'queued']);
  });
});
