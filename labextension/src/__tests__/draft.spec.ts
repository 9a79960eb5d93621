import {
  changes,
  draftOf,
  duplicates,
  fieldErrors,
  needsSnapshot,
  pair,
  specOf,
  withSnapshot
} from '../form/draft';
import { IJobSpec } from '../tokens';

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
    const spec = withSnapshot(specOf(frozen), 'def');
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
