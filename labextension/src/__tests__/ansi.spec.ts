import { parse, PLAIN, styleAfter } from '../logs/ansi';

const text = (line: string) =>
  parse(line)
    .map(span => span.text)
    .join('');

describe('parse', () => {
  it('splits a line where its looks change', () => {
    expect(parse('a\x1b[1;31mb\x1b[0mc')).toEqual([
      { text: 'a', style: {} },
      { text: 'b', style: { bold: true, color: 1 } },
      { text: 'c', style: {} }
    ]);
  });

  it.each([
    ['97', { color: 15 }],
    ['44', { background: 4 }],
    ['100', { background: 8 }],
    ['38;5;9', { color: 9 }],
    ['38;5;196', { color: 'rgb(255, 0, 0)' }],
    ['48;5;232', { background: 'rgb(8, 8, 8)' }],
    ['38;2;1;2;3', { color: 'rgb(1, 2, 3)' }],
    ['38:2::1:2:3', { color: 'rgb(1, 2, 3)' }],
    ['38;2;1;2;3;1', { color: 'rgb(1, 2, 3)', bold: true }],
    ['38;2;300;;', { color: 'rgb(255, 0, 0)' }],
    [
      '1;3;4;7;9',
      { bold: true, italic: true, underline: true, inverse: true, strike: true }
    ],
    ['1;22', {}],
    ['31;39', {}],
    ['4:3', { underline: true }],
    ['4:0', {}],
    ['', {}],
    ['999', {}]
  ])('knows SGR %s', (code, style) => {
    expect(parse(`\x1b[${code}mx`)).toEqual([{ text: 'x', style }]);
  });

  it('keeps the text of a link and drops its address', () => {
    const open = '\x1b]8;;http://evil.example\x1b\\';
    expect(text(`${open}click\x1b]8;;\x07 me`)).toBe('click me');
  });

  it('drops titles, cursor movements and other sequences', () => {
    expect(text('\x1b]0;title\x07a\x1b[2Kb\x1b[?25lc\x1b(Bd\x1b=e')).toBe(
      'abcde'
    );
  });

  it('shows what follows a string that never ends', () => {
    expect(text('\x1b]0;no end')).toContain('no end');
  });

  it('shows characters that would hide or reorder text', () => {
    expect(text('a\0b')).toBe('a\ufffdb');
    expect(text('a\u202eb\u2066c')).toBe('a‹U+202E›b‹U+2066›c');
    expect(text('bell\x07')).toBe('bell␇');
    expect(text('tab\there')).toBe('tab\there');
  });

  it('never makes markup of text', () => {
    expect(text('<script>&amp;')).toBe('<script>&amp;');
  });

  it('takes linear time for hostile input', () => {
    const start = Date.now();
    text('\x1b]'.repeat(5000));
    text('\x1b['.repeat(5000));
    expect(Date.now() - start).toBeLessThan(500);
  });
});

describe('styleAfter', () => {
  it('carries looks from line to line', () => {
    const style = styleAfter('\x1b[32mgreen', PLAIN);
    expect(parse('still', style)).toEqual([
      { text: 'still', style: { color: 2 } }
    ]);
    expect(styleAfter('\x1b[m', style)).toEqual({});
  });
});
