/** Characters that would hide or reorder text. */
const INVISIBLE =
  // eslint-disable-next-line no-control-regex
  /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Replaces what can't be seen, or reorders what is beside it, by something that can be. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, character => {
    const code = character.charCodeAt(0);
    if (code === 0) {
      return '\ufffd';
    }
    return code < 0x20
      ? String.fromCharCode(0x2400 + code)
      : `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
  });
}
