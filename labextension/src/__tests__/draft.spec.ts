import {
  deploymentDraftOf,
  deploymentSpecOf
} from '../deployments/form/deployment';
import { changes, needsSnapshot, newSpec, pair } from '../form/draft';
import { duplicates, fieldErrors } from '../form/errors';
import { jobDraftOf as draftOf, jobSpecOf as specOf } from '../form/job';
import { IDeploymentSpec, IJobSpec, IWorkspace } from '../tokens';

const SPEC: IJobSpec = {
  name: 'train',
  description: '',
  tags: { team: 'ml' },
  command: 'python train.py',
  instance_type: 'this-machine',
  image: '',
  working_directory: '',
  environment_variables: { A: 'one\ntwo', KEPT: null },
  start_script: '',
  retries: 2,
  schedule: '0 6 * * *',
  concurrency_policy: 'Forbid',
  'x-jupyter': {
    time_zone: 'Europe/Berlin',
    starting_deadline: 90,
    suspended: false,
    timeout: 7200,
    source: null,
    reference: null,
    snapshot: null,
    backend: null
  }
};

describe('draft', () => {
  it('says what the spec says', () => {
    const draft = draftOf(SPEC);
    expect(draft).toMatchObject({ timeout: '2', timeoutUnit: 3600 });
    expect(specOf(draft)).toMatchObject({
      name: 'train',
      retries: 2,
      tags: { team: 'ml' },
      environment_variables: { A: 'one\ntwo', KEPT: null },
      'x-jupyter': { timeout: 7200 }
    });
  });

  it('says the schedule of the spec, or that there is none', () => {
    const draft = draftOf(SPEC);
    expect(draft).toMatchObject({
      starting_deadline: '90',
      starting_deadlineUnit: 1
    });
    expect(specOf(draft)).toEqual(SPEC);
    const typed = {
      ...draft,
      schedule: ' @daily ',
      time_zone: 'UTC ',
      starting_deadline: '10',
      starting_deadlineUnit: 60
    };
    expect(specOf(typed)).toMatchObject({
      schedule: '@daily',
      'x-jupyter': { time_zone: 'UTC', starting_deadline: 600 }
    });
    const none = { ...draft, schedule: null, starting_deadline: '' };
    expect(specOf(none)).toMatchObject({
      schedule: null,
      'x-jupyter': { starting_deadline: null }
    });
  });

  it('sends only what was changed', () => {
    const before = specOf(draftOf(SPEC));
    const draft = draftOf(SPEC);
    expect(changes(before, specOf(draft))).toEqual({});
    const edited = { ...draft, name: 'other', timeout: '' };
    expect(changes(before, specOf(edited))).toEqual({
      name: 'other',
      'x-jupyter': { ...SPEC['x-jupyter'], timeout: null }
    });
  });

  it('leaves the source unset until one is chosen', () => {
    const draft = draftOf(SPEC);
    expect(specOf(draft)['x-jupyter']).toEqual(SPEC['x-jupyter']);
    expect(specOf({ ...draft, source: 'live' })['x-jupyter']!.source).toBe(
      'live'
    );
  });

  it('sends of the sources only what belongs to the chosen one', () => {
    const draft = {
      ...draftOf(SPEC),
      reference: ' tags/v1 ',
      snapshot: 'abc'
    };
    expect(specOf({ ...draft, source: 'git' })['x-jupyter']).toMatchObject({
      reference: 'tags/v1',
      snapshot: null
    });
    expect(specOf({ ...draft, source: 'snapshot' })['x-jupyter']).toMatchObject(
      { reference: null, snapshot: 'abc' }
    );
    expect(specOf(draft)['x-jupyter']).toEqual(SPEC['x-jupyter']);
  });

  it('freezes the project when it is sent, unless it has a snapshot', () => {
    const frozen = { ...draftOf(SPEC), source: 'snapshot' as const };
    expect(needsSnapshot(draftOf(SPEC))).toBe(false);
    expect(needsSnapshot(frozen)).toBe(true);
    expect(needsSnapshot({ ...frozen, snapshot: 'abc' })).toBe(false);
    const spec = specOf({ ...frozen, snapshot: 'def' });
    expect(spec['x-jupyter']).toEqual({
      ...SPEC['x-jupyter'],
      source: 'snapshot',
      snapshot: 'def'
    });
  });

  it('leaves rows without a name and a value out, and finds names twice', () => {
    const rows = [pair('A', '1'), pair(), pair('A', '2')];
    expect(duplicates('spec.environment_variables', rows)).toEqual([
      'spec.environment_variables.A'
    ]);
    const draft = {
      ...draftOf(SPEC),
      environment_variables: [rows[0], rows[1]]
    };
    expect(specOf(draft).environment_variables).toEqual({ A: '1' });
  });
});

describe('the draft of a deployment', () => {
  const deployment: IDeploymentSpec = {
    name: 'sales',
    description: 'what was sold',
    tags: {},
    command: 'python -m panel serve sales.py',
    instance_type: 'this-machine',
    image: '',
    working_directory: 'apps',
    environment_variables: { KEY: 'secret' },
    start_script: '. setup.sh',
    scale: 2,
    'x-jupyter': {
      source: 'git',
      reference: 'main',
      snapshot: null,
      backend: null
    }
  };

  it('says what the spec says, and nothing that only jobs have', () => {
    expect(deploymentSpecOf(deploymentDraftOf(deployment))).toEqual(deployment);
  });

  it('sends as a number what is one, and else what is refused', () => {
    const draft = deploymentDraftOf(deployment);
    const scale = (text: string) =>
      deploymentSpecOf({ ...draft, scale: text }).scale;
    expect(['3', '', '1.5', 'two'].map(scale)).toEqual([3, 0, 1.5, -1]);
  });
});

describe('a new spec', () => {
  const workspace = {
    size: { value: 'large' },
    image: { value: 'jupyter/base' }
  } as unknown as IWorkspace;

  it('is what the workspace says, under what is known', () => {
    expect(newSpec(workspace, { name: 'a', image: '' })).toMatchObject({
      name: 'a',
      command: '',
      instance_type: 'large',
      image: ''
    });
  });

  it('has no frozen copy yet, whatever it is made after', () => {
    const given = {
      'x-jupyter': {
        source: 'snapshot' as const,
        reference: null,
        snapshot: 'abc',
        backend: null
      }
    };
    expect(newSpec(workspace, given)['x-jupyter']).toMatchObject({
      source: 'snapshot',
      snapshot: null
    });
  });
});

describe('fieldErrors', () => {
  it('puts sentences at their fields and the rest above', () => {
    const errors = [
      { field: 'spec.name', message: 'is taken', fix: 'choose another' },
      { field: 'type', message: 'is wrong', fix: '' }
    ];
    expect(fieldErrors({ message: 'no', errors })).toEqual({
      'spec.name': 'is taken – choose another',
      '': 'is wrong'
    });
    expect(fieldErrors({ message: 'no' })).toEqual({ '': 'no' });
  });
});
