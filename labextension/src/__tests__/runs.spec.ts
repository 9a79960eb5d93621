import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { JobsModel } from '../model';
import { NO_FILTERS } from '../runs/filters';
import { RunsModel } from '../runs/model';
import { Query } from '../http';
import { IRun } from '../tokens';

/** A server with runs of two jobs, which notes what it is asked. */
function served(count: number) {
  const all = Array.from(
    { length: count },
    (_, n) =>
      ({
        id: `r${n}`,
        job_id: n % 2 ? 'odd' : 'even',
        state: n % 10 ? 'completed' : 'error'
      }) as IRun
  );
  const asked: Query[] = [];
  const owner = {};
  const runChanged = new Signal<object, { job_id: string }>(owner);
  const runs = async (query: Query, signal?: AbortSignal) => {
    asked.push(query);
    const found = all.filter(
      run =>
        (!query.job_id || run.job_id === query.job_id) &&
        (!query.state || run.state === query.state)
    );
    const at = Number(query.next_key ?? 0);
    const end = at + Number(query.limit);
    await new Promise(resolve => setTimeout(resolve, 10));
    if (signal?.aborted) {
      throw new Error('aborted');
    }
    return {
      runs: found.slice(at, end),
      next_key: end < found.length ? `${end}` : null,
      ...(query.count ? { total: found.length } : {})
    };
  };
  const jobs = {
    service: { runs },
    events: { runChanged },
    trans: nullTranslator.load('jupyter_saturn_deploy'),
    workspace: { project: { value: '/p' } }
  } as unknown as JobsModel;
  /** What was asked for rows, since the last time. */
  const lists = () => asked.splice(0).filter(query => Number(query.limit) > 1);
  const changed = (job_id: string) => runChanged.emit({ job_id });
  return { jobs, lists, changed, all };
}

const rest = () => jest.advanceTimersByTimeAsync(800);

describe('RunsModel', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  async function ofJob(count = 1000) {
    const server = served(count);
    const model = new RunsModel(server.jobs, true);
    await rest();
    expect(server.lists()).toEqual([]);
    model.jobId = 'even';
    await rest();
    return { ...server, model };
  }

  it('asks for nothing before it knows the job, then for its first page', async () => {
    const { model, lists } = await ofJob();
    expect(lists().every(query => query.job_id === 'even')).toBe(true);
    expect(model.runs.length).toBe(100);
    expect(model.total).toBe(500);
    expect(model.unfiltered).toBe(500);
    model.dispose();
  });

  it('filters on the server, and counts what there is without filters', async () => {
    const { model, lists } = await ofJob();
    lists();
    model.filters = { ...NO_FILTERS, state: 'error' };
    expect(model.isReady).toBe(false);
    expect(model.runs.length).toBe(100);
    await rest();
    expect(lists()[0]).toMatchObject({ state: 'error', order: 'newest' });
    expect(model.isReady).toBe(true);
    expect([model.total, model.unfiltered]).toEqual([100, 500]);
    model.clearFilters();
    await rest();
    expect([model.total, model.unfiltered]).toEqual([500, 500]);
    model.dispose();
  });

  it('asks once for what is typed, when the typing rests', async () => {
    const server = served(10);
    const model = new RunsModel(server.jobs, false);
    await rest();
    server.lists();
    for (const contains of ['e', 'et', 'etl']) {
      model.filters = { ...model.filters, contains };
      await jest.advanceTimersByTimeAsync(50);
    }
    await rest();
    const asked = server.lists().map(query => query.contains);
    expect(new Set(asked)).toEqual(new Set(['etl']));
    model.dispose();
  });

  it('takes no answer to a question that is no longer asked', async () => {
    const { model } = await ofJob();
    model.filters = { ...NO_FILTERS, state: 'error' };
    await jest.advanceTimersByTimeAsync(5);
    model.filters = NO_FILTERS;
    await rest();
    expect(model.total).toBe(500);
    expect(model.runs.length).toBe(100);
    model.dispose();
  });

  it('looks again when a run of its job changes, and only then', async () => {
    const { model, lists, changed } = await ofJob();
    lists();
    changed('odd');
    await rest();
    expect(lists()).toEqual([]);
    changed('even');
    await rest();
    expect(lists().length).toBe(1);
    model.dispose();
  });

  it('loads all that match for those who choose all', async () => {
    const { model, lists } = await ofJob(3000);
    lists();
    const done = model.loadAll();
    await jest.advanceTimersByTimeAsync(800);
    expect(await done).toBe(true);
    expect(model.runs.length).toBe(1500);
    expect(lists().length).toBe(3);
    model.dispose();
  });

  it('says why it shows nothing', async () => {
    const { model, jobs } = await ofJob();
    jobs.service.runs = async () => {
      throw new Error('no answer');
    };
    await model.refresh();
    expect(model.problem).toBe('The Jupyter server does not answer.');
    expect(model.runs.length).toBe(100);
    model.dispose();
  });
});
