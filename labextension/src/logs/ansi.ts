import { visible } from '../visible';

/** How text looks after some SGR sequences. Colours: 0–15 of the theme, or CSS. */
export interface IStyle {
  readonly color?: number | string;
  readonly background?: number | string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
  readonly hidden?: boolean;
  readonly strike?: boolean;
}

export interface ISpan {
  text: string;
  style: IStyle;
}

export const PLAIN: IStyle = {};

/**
 * What can begin at an escape character: a control sequence (its parameters and final
 * letter are captured), a string such as a title or the address of a link up to its
 * terminator, or a short sequence. A string without an end is not one.
 */
const ESCAPE =
  // eslint-disable-next-line no-control-regex
  /\x1b(?:\[([0-?]*)[ -/]*([@-~])|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-OQ-WYZ\\`-~]|)/g;

/** Splits one line into spans of equal looks; `style` is what the line before ended with. */
export function parse(line: string, style: IStyle = PLAIN): ISpan[] {
  const spans: ISpan[] = [];
  const add = (raw: string) => {
    if (raw) {
      spans.push({ text: visible(raw), style });
    }
  };
  let from = 0;
  for (const match of line.matchAll(ESCAPE)) {
    add(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') {
      style = applied(match[1], style);
    }
  }
  add(line.slice(from));
  return spans;
}

/** The style in force after `line`. */
export function styleAfter(line: string, style: IStyle): IStyle {
  if (line.includes('\x1b')) {
    for (const match of line.matchAll(ESCAPE)) {
      if (match[2] === 'm') {
        style = applied(match[1], style);
      }
    }
  }
  return style;
}

type Mutable = { -readonly [key in keyof IStyle]: IStyle[key] };

/** Codes that switch one thing on, and those that switch things off. */
const ON: { [code: number]: keyof IStyle } = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  8: 'hidden',
  9: 'strike',
  21: 'underline'
};
const OFF: { [code: number]: (keyof IStyle)[] } = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  28: ['hidden'],
  29: ['strike'],
  39: ['color'],
  49: ['background']
};

function applied(parameters: string, before: IStyle): IStyle {
  // "4:3" (curly underline) and "38:2::1:2:3" use colons for what belongs to one code.
  const groups = parameters.split(';').map(group => group.split(':'));
  let style: Mutable = { ...before };
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i];
    const code = Number(group[0] || 0);
    if (code === 0) {
      style = {};
    } else if (code === 4 && group[1] === '0') {
      delete style.underline;
    } else if (code in ON) {
      Object.assign(style, { [ON[code]]: true });
    } else if (code in OFF) {
      OFF[code].forEach(key => delete style[key]);
    } else if (code === 38 || code === 48) {
      const rest =
        group.length > 1 ? group.slice(1) : groups.slice(i + 1).map(g => g[0]);
      const [value, used] = extended(rest, group.length > 1);
      if (group.length === 1) {
        i += used;
      }
      if (value !== null) {
        style[code === 38 ? 'color' : 'background'] = value;
      }
    } else {
      basic(code, style);
    }
  }
  return style;
}

function basic(code: number, style: Mutable): void {
  if (code >= 30 && code <= 37) {
    style.color = code - 30;
  } else if (code >= 90 && code <= 97) {
    style.color = code - 90 + 8;
  } else if (code >= 40 && code <= 47) {
    style.background = code - 40;
  } else if (code >= 100 && code <= 107) {
    style.background = code - 100 + 8;
  }
}

/** The colour after 38 or 48, and how many parameters it took. */
function extended(
  rest: string[],
  colons: boolean
): [number | string | null, number] {
  const byte = (text: string | undefined) =>
    Math.min(255, Number(text || 0) || 0);
  if (rest[0] === '5') {
    return [indexed(byte(rest[1])), 2];
  }
  if (rest[0] === '2') {
    // With colons a colour space may stand before the three numbers.
    const skip = colons && rest.length > 4 ? 2 : 1;
    const [r, g, b] = rest.slice(skip, skip + 3).map(byte);
    return [`rgb(${r ?? 0}, ${g ?? 0}, ${b ?? 0})`, 4];
  }
  return [null, rest.length];
}

/** xterm's 256 colours: 16 of the theme, a cube of 6×6×6, 24 greys. */
function indexed(index: number): number | string {
  if (index < 16) {
    return index;
  }
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const level = (n: number) => (n ? 55 + n * 40 : 0);
  const cube = index - 16;
  const [r, g, b] = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6];
  return `rgb(${level(r)}, ${level(g)}, ${level(b)})`;
}
