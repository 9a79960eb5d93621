/** What of a cell a script can't hold: a command of IPython's, or `await` outside of a function. */
export interface IForeign {
  kind: 'magic' | 'shell' | 'help' | 'await';
  /** From 1. */
  line: number;
  /** That line. */
  text: string;
}

interface ILogicalLine {
  /** Of its first line, from 1. */
  line: number;
  indent: number;
  /** Without comments; what is in strings is quotes only. Lines are where they were. */
  code: string;
}

/** What at the beginning of a line is IPython's and never Python's. */
const PREFIX = /[%!?,;/]/;
const TOKEN =
  /("""|''')(?:\\[^]|(?!\1)[^])*(?:\1|$)|(["'])(?:\\[^]|(?!\2)[^\\\n])*\2?|#[^\n]*|\\\r?\n|[^]/y;
const DEFINES = /^(async\s+)?def\b/;
const AWAITS = /\bawait\b|\basync\s+(for|with)\b/;

/** The first thing of `source` that plain Python doesn't have; null: nothing. */
export function foreignIn(source: string): IForeign | null {
  const lines = source.split('\n');
  const functions: number[] = [];
  for (const { line, indent, code } of logicalLines(source)) {
    while (functions.length && functions[functions.length - 1] >= indent) {
      functions.pop();
    }
    if (DEFINES.test(code)) {
      functions.push(indent);
    }
    const found = notPython(code) ?? (functions.length ? null : awaits(code));
    if (found) {
      const at = line + code.slice(0, found.at).split('\n').length - 1;
      return { kind: found.kind, line: at, text: lines[at - 1].trim() };
    }
  }
  return null;
}

type Found = { kind: IForeign['kind']; at: number } | null;

function notPython(code: string): Found {
  const first = code[0];
  if (first === '!') {
    return { kind: 'shell', at: 0 };
  }
  if (first === '?') {
    return { kind: 'help', at: 0 };
  }
  if (PREFIX.test(first)) {
    return { kind: 'magic', at: 0 };
  }
  const patterns: [IForeign['kind'], RegExp][] = [
    ['magic', /=\s*%/],
    ['shell', /!(?!=)/],
    ['help', /\?/]
  ];
  for (const [kind, pattern] of patterns) {
    const at = code.search(pattern);
    if (at >= 0) {
      return { kind, at };
    }
  }
  return null;
}

function awaits(code: string): Found {
  const at = code.search(AWAITS);
  return at < 0 ? null : { kind: 'await', at };
}

/** The lines of Python that aren't empty; those within brackets are one. */
function* logicalLines(source: string): Generator<ILogicalLine> {
  let at = 0;
  let line = 1;
  while (at < source.length) {
    const indent = /[ \t\f]*/y;
    indent.lastIndex = at;
    const { length } = indent.exec(source)![0];
    const { code, end } = PREFIX.test(source[at + length] ?? '')
      ? restOfLine(source, at + length)
      : scanned(source, at + length);
    if (code.trim()) {
      yield { line, indent: length, code };
    }
    line += source.slice(at, end).split('\n').length - 1;
    at = end;
  }
}

/** IPython's lines have rules of their own. */
function restOfLine(source: string, at: number) {
  const end = source.indexOf('\n', at);
  const code = source.slice(at, end < 0 ? undefined : end);
  return { code, end: end < 0 ? source.length : end + 1 };
}

function scanned(source: string, from: number) {
  let code = '';
  let depth = 0;
  TOKEN.lastIndex = from;
  for (let match; (match = TOKEN.exec(source));) {
    const [token] = match;
    if (token === '\n' && depth === 0) {
      break;
    }
    if (/^["']/.test(token)) {
      code += token.replace(/[^\n]/g, '"');
    } else if (!token.startsWith('#')) {
      code += token;
      depth += '([{'.includes(token) ? 1 : ')]}'.includes(token) ? -1 : 0;
      depth = Math.max(0, depth);
    }
    if (TOKEN.lastIndex >= source.length) {
      return { code, end: source.length };
    }
  }
  return { code, end: TOKEN.lastIndex || source.length };
}
