import {
  commandFor,
  isScript,
  jobName,
  numbered,
  projectPath,
  shellQuoted
} from '../files';
import { IWorkspace } from '../tokens';

const VALID = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

describe('jobName', () => {
  it.each([
    ['train.py', 'train'],
    ['a/b/Nightly Report_2.py', 'nightly-report-2'],
    ['Überprüfung.R', 'uberprufung'],
    ['01-load.sh', 'load'],
    ['--x--.py', 'x'],
    ['数据.py', 'job'],
    ['.py', 'py'],
    [`${'long-'.repeat(20)}.jl`, 'long-long-long-long-long-long-long-long']
  ])('makes of %s the valid name %s', (path, name) => {
    expect(jobName(path)).toBe(name);
    expect(name).toMatch(VALID);
    expect(name.length).toBeLessThanOrEqual(40);
  });
});

describe('numbered', () => {
  it('stays within the length of a name', () => {
    expect(numbered('train', 2)).toBe('train-2');
    const name = numbered('a'.repeat(40), 12);
    expect(name).toHaveLength(40);
    expect(name).toMatch(/^a+-12$/);
    expect(numbered(`${'a'.repeat(37)}-bc`, 2)).toMatch(VALID);
  });
});

describe('commandFor', () => {
  it.each([
    ['train.py', 'python train.py'],
    ['a b/run.sh', "bash 'a b/run.sh'"],
    ['x.R', 'Rscript x.R'],
    ['x.r', 'Rscript x.r'],
    ['x.jl', 'julia x.jl'],
    ['-c.py', 'python ./-c.py'],
    ["it's $HOME.py", "python 'it'\\''s $HOME.py'"]
  ])('runs %s by %s', (path, command) => {
    expect(commandFor(path)).toBe(command);
  });
});

describe('shellQuoted', () => {
  it('quotes what a shell would read otherwise', () => {
    for (const text of [
      '',
      'a b',
      '*',
      '~',
      'a;b',
      '$(x)',
      '`x`',
      'a\nb',
      'é'
    ]) {
      expect(shellQuoted(text)).toBe(`'${text}'`);
    }
  });
});

describe('isScript', () => {
  it('knows scripts by their extension', () => {
    expect(['a.py', 'a.sh', 'a.R', 'a.jl', 'a.ipynb'].every(isScript)).toBe(
      true
    );
    expect(['a.txt', 'py', 'a'].some(isScript)).toBe(false);
  });
});

describe('projectPath', () => {
  const workspace = (project: string, server_root: string) =>
    ({ project: { value: project, server_root } }) as IWorkspace;

  it('is relative to the project, whatever the drive', () => {
    const here = workspace('/home/ana/project', '/home/ana');
    expect(projectPath('project/a/b.py', here)).toBe('a/b.py');
    expect(projectPath('RTC:project/b.py', here)).toBe('b.py');
    expect(projectPath('b.py', workspace('/p', '/p/'))).toBe('b.py');
    expect(projectPath('p/b.py', workspace('/p', '/'))).toBe('b.py');
  });

  it('is null outside the project', () => {
    const here = workspace('/home/ana/project', '/home/ana');
    expect(projectPath('other/b.py', here)).toBeNull();
    expect(projectPath('project-2/b.py', here)).toBeNull();
  });
});
