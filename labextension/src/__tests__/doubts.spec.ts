import { draftOf, IDraft } from '../form/draft';
import { changed } from '../form/doubts';
import { IFix } from '../tokens';

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

const fix = (kind: IFix['kind'], value: string): IFix => ({
  label: 'Do it',
  kind,
  value
});

describe('what a fix changes in a draft', () => {
  it('is a line more of the start script', () => {
    expect(changed(DRAFT, fix('start_script', 'pip install duckdb'))).toEqual({
      start_script: 'set -e\npip install duckdb\n'
    });
  });

  it('is the command or the working directory', () => {
    expect(changed(DRAFT, fix('command', './go --now'))).toEqual({
      command: './go --now'
    });
    expect(changed(DRAFT, fix('working_directory', 'work'))).toEqual({
      working_directory: 'work'
    });
  });

  it('is nothing without a fix', () => {
    expect(changed(DRAFT, null)).toEqual({});
  });
});
