import { nullTranslator } from '@jupyterlab/translation';

import { IAccessToken } from '../access/service';
import { lastUsed, revokedWords, terminalLines } from '../access/words';
import { foreignWords } from '../cells/words';
import { ProblemError } from '../http';
import { isKept, isRecipeFile } from '../recipes/files';
import { IFile, RecipeFilesModel } from '../recipes/model';
import { IResult, Outcome, RecipesService } from '../recipes/service';
import { changes, lineOf, refusedWords, sum } from '../recipes/words';

const trans = nullTranslator.load('jupyter_saturn_deploy');
const NOW = Date.parse('2026-03-01T12:00:00Z');

const token: IAccessToken = {
  id: 'abc',
  name: 'laptop',
  created_at: '2026-02-01T12:00:00.000Z',
  last_used_at: null
};

describe('terminalLines', () => {
  it('are what a shell takes, whatever the URL holds', () => {
    expect(terminalLines("http://a/it's/saturn-deploy/", 't0-k.en')).toBe(
      "export SATURN_BASE_URL='http://a/it'\\''s/saturn-deploy/'\n" +
        'export SATURN_TOKEN=t0-k.en'
    );
  });
});

describe('what a token was used for', () => {
  it('says when', () => {
    expect(lastUsed(token, NOW, trans)).toBe('never');
    const used = { ...token, last_used_at: '2026-03-01T11:55:00.000Z' };
    expect(lastUsed(used, NOW, trans)).toBe('5 min ago');
    expect(revokedWords(used, NOW, trans)).toContain('last used 5 min ago');
    expect(revokedWords(token, NOW, trans)).toContain('never used');
  });
});

const result = (outcome: Outcome): IResult => ({
  line: 1,
  type: 'job',
  name: 'a',
  outcome,
  id: null,
  warnings: [],
  errors: []
});

describe('sum', () => {
  const some = (['failed', 'created', 'unchanged', 'created'] as const).map(
    result
  );

  it('says what would be done, and what was', () => {
    expect(sum(some, false, trans)).toBe(
      '2 to create · 1 unchanged · 1 can’t be applied'
    );
    expect(sum(some, true, trans)).toBe(
      '2 created · 1 unchanged · 1 can’t be applied'
    );
    expect(changes(some)).toBe(2);
  });
});

describe('lineOf', () => {
  it('is that line, and no more of it than can be read', () => {
    expect(lineOf('a\n  b: c  \r\nd', 2)).toBe('  b: c');
    expect(lineOf('a', 7)).toBe('');
    expect(lineOf('x'.repeat(1e6), 1).length).toBeLessThan(200);
  });
});

describe('refusedWords', () => {
  it('says where', () => {
    const problem = {
      message: 'no',
      errors: [{ field: 'line 2, column 1', message: 'is bad', fix: '' }]
    };
    expect(refusedWords(new ProblemError(422, problem), trans)).toBe(
      'line 2, column 1: is bad'
    );
    const large = new ProblemError(413, { message: 'too large' });
    expect(refusedWords(large, trans)).toBe('too large');
  });
});

describe('isRecipeFile', () => {
  it.each([
    ['a.yaml', true],
    ['sub/A.YML', true],
    ['.saturn/a.json', true],
    ['RTC:.saturn/a.json', true],
    ['a.json', false],
    ['not.saturn/a.json', false],
    ['.saturn/sub/a.json', false],
    ['a.py', false]
  ])('of %s is %s', (path, is) => {
    expect(isRecipeFile(path)).toBe(is);
  });

  it('is listed anyway if it is kept in the project’s own directory', () => {
    expect(isKept('.saturn/a.yaml')).toBe(true);
    expect(isKept('sub/.saturn/a.yaml')).toBe(false);
    expect(isKept(null)).toBe(false);
  });
});

describe('foreignWords', () => {
  it('names the line, and not all of a long one', () => {
    const text = `!echo ${'x'.repeat(500)}`;
    const words = foreignWords({ kind: 'shell', line: 7, text }, trans);
    expect(words).toContain('Line 7 runs a shell command');
    expect(words.length).toBeLessThan(250);
  });
});

describe('RecipeFilesModel', () => {
  /** Files of the project by name; what is applied is unchanged from then on. */
  function made(texts: { [name: string]: string }) {
    const applied: string[] = [];
    const service = {
      files: async () =>
        Object.keys(texts).map(name => ({ name, path: `.saturn/${name}` })),
      text: async (name: string) => texts[name],
      apply: async (text: string, dryRun: boolean) => {
        const outcome = applied.includes(text) ? 'unchanged' : 'created';
        if (!dryRun) {
          applied.push(text);
        }
        return [result(outcome)];
      }
    } as unknown as RecipesService;
    const contents = { get: async () => ({ content: 'of another' }) };
    const model = new RecipeFilesModel({
      service,
      contents: contents as never,
      trans,
      inProject: async path => path,
      onApplied: () => undefined
    });
    const shown = () =>
      (model.files ?? []).map((file: IFile) => [
        file.path,
        file.results && sum(file.results, file.applied, trans)
      ]);
    return { model, applied, shown, texts };
  }

  it('applies what was looked at, though the file is another by now', async () => {
    const { model, applied, shown, texts } = made({ 'a.yaml': 'one' });
    await model.refresh();
    expect(shown()).toEqual([['.saturn/a.yaml', '1 to create']]);
    texts['a.yaml'] = 'two';
    await model.apply(model.files!);
    expect(applied).toEqual(['one']);
    expect(shown()).toEqual([['.saturn/a.yaml', '1 created']]);
    await model.refresh();
    expect(shown()).toEqual([['.saturn/a.yaml', '1 to create']]);
  });

  it('applies nothing twice', async () => {
    const { model, applied } = made({ 'a.yaml': 'one', 'b.yaml': 'two' });
    await model.refresh();
    expect(model.waiting).toHaveLength(2);
    await Promise.all([
      model.apply(model.waiting),
      model.apply(model.waiting),
      model.refresh()
    ]);
    expect(applied).toEqual(['one', 'two']);
    expect(model.waiting).toHaveLength(0);
  });

  it('shows the file that was asked for first, once', async () => {
    const { model, shown } = made({ 'a.yaml': 'one' });
    await Promise.all([model.refresh(), model.ask('sub/jobs.yaml')]);
    expect(shown().map(([path]) => path)).toEqual([
      'sub/jobs.yaml',
      '.saturn/a.yaml'
    ]);
    await model.ask('.saturn/a.yaml');
    expect(shown().map(([path]) => path)).toEqual(['.saturn/a.yaml']);
    expect(model.chosen).toBe('.saturn/a.yaml');
  });
});
