import { IRehearsed, Rehearsing } from '../deployments/form/rehearsing';
import { DeploymentService } from '../deployments/service';
import { ProblemError } from '../http';
import { IDeploymentSpec, IRehearsal } from '../tokens';

const SPEC = { name: 'app', command: 'serve' } as IDeploymentSpec;

function answer(state: IRehearsal['state'], sentence: string): IRehearsal {
  return {
    id: 'r1',
    state,
    sentence,
    serving: null,
    advice: null,
    log: '',
    started_at: '2026-01-01T00:00:00Z'
  };
}

/** A server that gives these answers one after the other, and what it was asked to end. */
function rehearsing(...answers: (IRehearsal | Error)[]) {
  const ended: string[] = [];
  const heard: IRehearsed[] = [];
  const next = async () => {
    const found = answers.shift() ?? new Error('asked once too often');
    if (found instanceof Error) {
      throw found;
    }
    return found;
  };
  const service = {
    rehearse: next,
    rehearsal: next,
    endRehearsal: async (id: string) => {
      ended.push(id);
      return answer('ended', 'was ended');
    }
  } as unknown as DeploymentService;
  const made = new Rehearsing(service, SPEC, now => heard.push(now));
  return { made, ended, heard, left: answers };
}

const last = (heard: IRehearsed[]) => heard[heard.length - 1];

describe('a rehearsal', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is followed until it has failed', async () => {
    const { made, ended, heard, left } = rehearsing(
      answer('starting', 'starting'),
      answer('starting', 'starting'),
      answer('failed', 'exit code 1 after 1 s')
    );
    await made.begin();
    await jest.advanceTimersByTimeAsync(5000);
    expect(last(heard).verdict?.sentence).toBe('exit code 1 after 1 s');
    expect(left).toEqual([]);
    made.end();
    expect(ended).toEqual([]);
  });

  it('keeps its verdict when it is ended', async () => {
    const { made, ended, heard } = rehearsing(
      answer('starting', 'starting'),
      answer('up', 'came up after 2.1 s')
    );
    await made.begin();
    await jest.advanceTimersByTimeAsync(500);
    made.end();
    made.end();
    await jest.advanceTimersByTimeAsync(5000);
    expect(ended).toEqual(['r1']);
    expect(last(heard).rehearsal?.state).toBe('ended');
    expect(last(heard).verdict?.sentence).toBe('came up after 2.1 s');
  });

  it('is ended once it has begun if it was to end before', async () => {
    const { made, ended } = rehearsing(answer('starting', 'starting'));
    const begun = made.begin();
    made.end();
    await begun;
    await jest.advanceTimersByTimeAsync(5000);
    expect(ended).toEqual(['r1']);
  });

  it('is looked for again while nobody answers, and over where nobody knows it', async () => {
    const { made, heard } = rehearsing(
      answer('starting', 'starting'),
      new Error('nobody answers'),
      answer('up', 'came up'),
      new ProblemError(404, { message: 'there is no such rehearsal' })
    );
    await made.begin();
    await jest.advanceTimersByTimeAsync(500);
    expect(last(heard).isLost).toBe(true);
    await jest.advanceTimersByTimeAsync(400);
    expect(last(heard)).toMatchObject({
      isLost: false,
      verdict: { state: 'up' }
    });
    await jest.advanceTimersByTimeAsync(5000);
    expect(last(heard).rehearsal?.state).toBe('ended');
  });

  it('that can’t begin says why', async () => {
    const { made } = rehearsing(new ProblemError(422, { message: 'no name' }));
    await expect(made.begin()).rejects.toThrow('no name');
  });
});
