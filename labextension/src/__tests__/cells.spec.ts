import { foreignIn } from '../cells/python';
import { headOf, ICell, interpreterOf, scriptName } from '../cells/script';

describe('foreignIn', () => {
  it.each([
    ['%matplotlib inline', 'magic', 1],
    ['import os\n\n  %time f()', 'magic', 3],
    ['%%bash\nls', 'magic', 1],
    ['x = %sql select', 'magic', 1],
    ['!pip install x', 'shell', 1],
    ['if x:\n    !ls "it\'s', 'shell', 2],
    ['files = !ls', 'shell', 1],
    ['?print', 'help', 1],
    ['a = 1\nprint?', 'help', 2],
    ['df.head??', 'help', 1],
    ['"""\ntext\n"""\n%who', 'magic', 4],
    ['await f()', 'await', 1],
    ['for x in y:\n  z = (1,\n    await f(x))', 'await', 3],
    ['async with a as b:\n  pass', 'await', 1],
    ['[x async for x in y]', 'await', 1],
    ['async def f():\n  await g()\nawait f()', 'await', 3],
    ['a = "\\\\"\n!ls', 'shell', 2],
    ["x = 'never closed\n!ls", 'shell', 2],
    ['a = 1\r\n!ls\r\n', 'shell', 2]
  ])('finds in %j what is of kind %s in line %d', (source, kind, line) => {
    expect(foreignIn(source)).toMatchObject({ kind, line });
  });

  it('gives the line as it is written', () => {
    expect(foreignIn('x = 1\n  !pip  install x ')?.text).toBe(
      '!pip  install x'
    );
  });

  it.each([
    '',
    'print("hello")',
    'x = (5\n  % 3)',
    'x = 5 \\\n  % 3',
    'x %= 3\ny = "%s" % x\nz = x != y',
    '# ! ? % await\nx = "! ? %" # ?',
    '"""\n%who\n!ls\nprint?\nawait x\n"""',
    "r'''\n?\\'''\n'''",
    'print(f"{x!r} {y:%H?}")',
    'def f(a,\n  /,\n  b): pass',
    'async def f():\n    async with a:\n        await b\n\n    # done\n    await c',
    'async def f(): await g()\nx = 1',
    'class A:\n  async def f(self):\n    await g()\n  x = 1',
    '@decorated\nasync def f():\n\tawait g()',
    'awaited = 1\nasyncio.run(f())',
    'x = {\n"a": [1,\n2]}\n\n\n'
  ])('takes %j for Python', source => {
    expect(foreignIn(source)).toBeNull();
  });

  it('reads ten thousand lines at once', () => {
    const began = Date.now();
    expect(foreignIn('f("x", [1, 2])  # y\n'.repeat(10_000))).toBeNull();
    expect(Date.now() - began).toBeLessThan(1000);
  });
});

const cell: ICell = {
  notebook: 'sub/my report.ipynb',
  number: 3,
  id: 'abc-1',
  source: 'x = 1'
};

describe('headOf', () => {
  it('says what wrote it and of which cell', () => {
    expect(headOf(cell).split('\n')).toEqual([
      '# Written by saturn-deploy from my report.ipynb; it is written again when the cell is run as a job again.',
      '# Cell abc-1',
      ''
    ]);
  });

  it('stays in its two lines, whatever names hold', () => {
    const odd = { ...cell, notebook: 'a\nimport os\u2028.ipynb', id: 'a\nb' };
    expect(headOf(odd).split(/\s*[\n\u2028]/)).toHaveLength(3);
    expect(headOf(odd)).toContain('\n# Cell 3\n');
  });

  it('goes by the number where cells have no names', () => {
    expect(headOf({ ...cell, id: null })).toContain('# Cell 3\n');
  });
});

describe('scriptName', () => {
  const none = async () => false;

  it('names the notebook and the cell', async () => {
    expect(await scriptName(cell, [], none)).toBe('my report-cell-3.py');
  });

  it('finds the cell’s own script again, though the cell was moved', async () => {
    const names = ['my report-cell-3.py', 'my report-cell-1.py'];
    const isOurs = async (name: string) => name === 'my report-cell-1.py';
    expect(await scriptName(cell, names, isOurs)).toBe('my report-cell-1.py');
  });

  it('leaves what others wrote', async () => {
    const names = ['my report-cell-3.py', 'my report-cell-3-2.py'];
    expect(await scriptName(cell, names, none)).toBe('my report-cell-3-3.py');
  });
});

describe('interpreterOf', () => {
  it.each([
    [['/opt/env/bin/python3.11', '-m', 'ipykernel'], '/opt/env/bin/python3.11'],
    [['/opt/conda/bin/python', '-m', 'ipykernel'], 'python'],
    [['python', '-m', 'ipykernel'], 'python'],
    [['/usr/bin/env', 'python'], 'python'],
    [undefined, 'python']
  ])('of a kernel started by %j is %s', (argv, program) => {
    expect(interpreterOf(argv, '/opt/conda')).toBe(program);
  });
});
