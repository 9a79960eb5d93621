import { nullTranslator } from '@jupyterlab/translation';

import { codeSentence, codeWords } from '../runs/code';
import { ICode } from '../tokens';

const trans = nullTranslator.load('jupyter_saturn_deploy');
const commit = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678';

function code(some: Partial<ICode>): ICode {
  return {
    source: 'live',
    reference: null,
    snapshot: null,
    commit: null,
    branch: null,
    dirty: null,
    ...some
  } as ICode;
}

describe('the code of a run', () => {
  it('is named by commit and branch', () => {
    const live = code({ commit, branch: 'main', dirty: true });
    expect(codeWords(live, trans)).toBe('a1b2c3d main');
    expect(codeSentence(live, trans)).toBe(
      `The project on branch main, commit ${commit}, with changes that were not committed`
    );
  });

  it('shows characters of a branch that would reorder what is beside it', () => {
    const live = code({ commit, branch: 'bidi-\u202egnp' });
    expect(codeWords(live, trans)).toBe('a1b2c3d bidi-‹U+202E›gnp');
    expect(codeSentence(live, trans)).toContain('branch bidi-‹U+202E›gnp,');
  });

  it('is named by what was asked for with git', () => {
    const git = code({ source: 'git', reference: 'tags/v1', commit });
    expect(codeWords(git, trans)).toBe('a1b2c3d tags/v1');
    expect(codeSentence(git, trans)).toContain(commit);
  });

  it('is a frozen copy, or nothing that has a name', () => {
    const frozen = code({ source: 'snapshot', snapshot: 'f00' });
    expect(codeWords(frozen, trans)).toBe('frozen copy');
    expect(codeWords(code({}), trans)).toBe('');
    expect(codeSentence(code({}), trans)).toContain('as it was');
  });
});
