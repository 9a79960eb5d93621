import { draftOf, IDraft } from '../form/draft';
import { changed } from '../form/doubts';
import { IDoubt, IFix } from '../tokens';

const DRAFT = {
  ...draftOf({
    name: 'train',
    command: 'go --now',
    environment_variables: {},
    tags: {},
    retries: 0,
    'x-jupyter': { timeout: null, starting_deadline: null }
  } as unknown as Parameters<typeof draftOf>[0]),
  start_script: 'set -e'
} as IDraft;

const doubt = (kind: IFix['kind'], value: string): IDoubt => ({
  field: 'spec.command',
  sentence: 'it would fail',
  fix: { label: 'Do it', kind, value }
});

describe('what a doubt changes in a draft', () => {
  it('is a line more of the start script', () => {
    expect(changed(DRAFT, doubt('start_script', 'pip install duckdb'))).toEqual(
      { start_script: 'set -e\npip install duckdb\n' }
    );
  });

  it('is the command or the working directory', () => {
    expect(changed(DRAFT, doubt('command', './go --now'))).toEqual({
      command: './go --now'
    });
    expect(changed(DRAFT, doubt('working_directory', 'work'))).toEqual({
      working_directory: 'work'
    });
  });

  it('is nothing without a fix', () => {
    expect(changed(DRAFT, { ...doubt('command', ''), fix: null })).toEqual({});
  });
});
