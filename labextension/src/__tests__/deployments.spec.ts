import { nullTranslator } from '@jupyterlab/translation';

import { deploymentOf, jobOf } from '../deployments/other';
import { pythonSnippet } from '../deployments/snippet';
import { standingWords } from '../deployments/words';
import { serviceState } from '../states';
import { IDeployment, IInstance, ISpec } from '../tokens';

const NOW = Date.parse('2026-11-23T06:00:00Z');
const trans = nullTranslator.load('');

type State = IDeployment['state']['x-jupyter'];

function instance(some: Partial<IInstance> = {}): IInstance {
  return {
    revision: 2,
    state: 'running',
    ready: false,
    restarts: 0,
    created_at: '2026-11-23T05:59:47.500Z',
    next_attempt_at: null,
    ...some
  } as IInstance;
}

function deployment(some: Partial<State>): IDeployment {
  const standing = {
    wanted: true,
    ready: 0,
    scale: 2,
    revision: 2,
    rolling: false,
    instances: [],
    ...some
  };
  return {
    state: { id: 'd', 'x-jupyter': standing }
  } as unknown as IDeployment;
}

describe('how a deployment stands', () => {
  const retrying = instance({
    state: 'retrying',
    next_attempt_at: '2026-11-23T06:00:08Z'
  });
  it.each<[string, Partial<State>, string, string]>([
    [
      'was never started',
      { wanted: false, scale: 1 },
      'stopped',
      '0/1 stopped'
    ],
    [
      'has instances that end',
      { wanted: false, instances: [instance({ state: 'stopping' })] },
      'stopping',
      'stopping'
    ],
    [
      'listens on nothing yet',
      { instances: [instance()] },
      'starting',
      'starting 12 s'
    ],
    ['has no instance yet', {}, 'starting', 'starting'],
    [
      'has one of two ready',
      { ready: 1, instances: [instance(), instance()] },
      'running',
      '1/2 running'
    ],
    [
      'is taken over by a later revision',
      { ready: 2, rolling: true, instances: [instance({ revision: 1 })] },
      'rolling',
      '2/2 rolling'
    ],
    ['crashes', { instances: [retrying] }, 'failing', 'again in 00:08'],
    [
      'is up again after a crash and listens on nothing yet',
      { instances: [instance({ restarts: 1 })] },
      'failing',
      '0/2 failing'
    ],
    [
      'serves again after a crash',
      { ready: 2, instances: [instance({ restarts: 1, ready: true })] },
      'running',
      '2/2 running'
    ],
    [
      'serves while the next revision crashes',
      {
        ready: 2,
        rolling: true,
        instances: [instance({ revision: 1 }), retrying]
      },
      'failing',
      '2/2 failing'
    ],
    [
      'is rid of a revision that crashes',
      {
        ready: 2,
        rolling: true,
        instances: [instance({ revision: 1, state: 'retrying' }), instance()]
      },
      'rolling',
      '2/2 rolling'
    ]
  ])('of one that %s', (_, some, state, words) => {
    expect(serviceState(deployment(some))).toBe(state);
    expect(standingWords(deployment(some), NOW, trans)).toBe(words);
  });

  it('counts down to the first life, and not past it', () => {
    const later = instance({
      state: 'retrying',
      next_attempt_at: '2026-11-23T06:01:00Z'
    });
    const both = deployment({ instances: [later, retrying, instance()] });
    expect(standingWords(both, NOW + 3000, trans)).toBe('again in 00:05');
    expect(standingWords(both, NOW + 8000, trans)).toBe('0/2 failing');
  });
});

describe('the Python that asks a deployment', () => {
  it('is as Saturn documents it', () => {
    expect(pythonSnippet('https://hellosaturn.deploy.example.com'))
      .toBe(`import requests
import os

url = "https://hellosaturn.deploy.example.com"
SATURN_TOKEN = os.environ["SATURN_TOKEN"]
response = requests.get(
    url,
    headers={"Authorization": f"token {SATURN_TOKEN}"}
)
`);
  });
});

describe('one kind made of the other', () => {
  const spec: ISpec = {
    name: 'report',
    owner: 'ana',
    description: 'daily',
    tags: { team: 'a' },
    command: 'python report.py',
    instance_type: 'this-machine',
    image: '',
    working_directory: 'sub',
    environment_variables: { KEY: 'value' },
    start_script: 'export A=1',
    'x-jupyter': {
      source: 'snapshot',
      reference: null,
      snapshot: 'abc',
      backend: 'local'
    }
  };
  const kept = {
    ...spec,
    'x-jupyter': { ...spec['x-jupyter'], snapshot: null },
    owner: undefined
  };

  it('takes over what both have, with its files frozen anew', () => {
    const job = { ...spec, retries: 3, schedule: '* * * * *' };
    expect(deploymentOf(job, 'free')).toEqual({
      ...kept,
      name: 'free',
      scale: 1
    });
    const deployment = { ...spec, scale: 3 };
    expect(jobOf(deployment, 'free')).toEqual({ ...kept, name: 'free' });
  });
});
