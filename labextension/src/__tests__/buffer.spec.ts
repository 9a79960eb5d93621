import { LogBuffer } from '../logs/buffer';
import { LONGEST } from '../logs/line';

const bytes = (text: string) => new TextEncoder().encode(text);

const texts = (buffer: LogBuffer) =>
  Array.from({ length: buffer.length }, (_, i) => buffer.line(i).text);

function filled(text: string): LogBuffer {
  const buffer = new LogBuffer();
  buffer.reset(0);
  buffer.append(bytes(text), 0);
  return buffer;
}

describe('LogBuffer', () => {
  it('splits lines wherever the pieces were cut, in characters too', () => {
    const whole = bytes('one\ntwö\n\nthree…\nfour');
    for (let cut = 0; cut <= whole.length; cut++) {
      const buffer = new LogBuffer();
      buffer.reset(0);
      buffer.append(whole.subarray(0, cut), 0);
      buffer.append(whole.subarray(cut), cut);
      expect(texts(buffer)).toEqual(['one', 'twö', '', 'three…', 'four']);
    }
  });

  it('ignores bytes it has and refuses those that leave a gap', () => {
    const buffer = filled('one\ntwo\n');
    buffer.append(bytes('two\nthree\n'), 4);
    buffer.append(bytes('five\n'), 100);
    expect(texts(buffer)).toEqual(['one', 'two', 'three']);
    expect(buffer.end).toBe(14);
  });

  it('lets carriage returns overwrite, but not those at the end', () => {
    expect(texts(filled('10%\r20%\r100%\r\ndos\r\n'))).toEqual(['100%', 'dos']);
    const buffer = filled('10%\r');
    expect(texts(buffer)).toEqual(['10%']);
    buffer.append(bytes('20%'), 4);
    expect(texts(buffer)).toEqual(['20%']);
  });

  it('shows bytes that are no UTF-8 as replacement characters', () => {
    const buffer = new LogBuffer();
    buffer.reset(0);
    buffer.append(new Uint8Array([0x61, 0xff, 0xfe, 0x62, 0x0a]), 0);
    expect(texts(buffer)).toEqual(['a\ufffd\ufffdb']);
  });

  it('cuts what is too long to show and counts the rest', () => {
    const buffer = filled('é'.repeat(1_000_000) + '\nend');
    const line = buffer.line(0);
    expect(line.text).toBe('é'.repeat(LONGEST));
    expect(line.hidden).toBe(1_000_000 - LONGEST);
    expect(buffer.line(1).text).toBe('end');
  });

  it('puts earlier pieces before later ones, whatever lines they cut', () => {
    const whole = bytes('zero\none\ntwo\nthree\nfour\n');
    for (let size = 1; size <= whole.length; size++) {
      const buffer = new LogBuffer();
      let start = Math.max(0, whole.length - size);
      buffer.reset(start, start === 0);
      buffer.append(whole.subarray(start), start);
      buffer.align();
      for (let turn = 0; buffer.start > 0 && turn < 100; turn++) {
        start = Math.max(0, buffer.start - size);
        const piece = whole.subarray(start, buffer.start);
        buffer.prepend(piece, start, start === 0);
      }
      expect(texts(buffer)).toEqual(['zero', 'one', 'two', 'three', 'four']);
      const first = buffer.line(0).index;
      expect(texts(buffer).map((_, i) => buffer.line(i).index - first)).toEqual(
        [0, 1, 2, 3, 4]
      );
    }
  });

  it('keeps the numbers of lines when earlier ones are added', () => {
    const whole = bytes('zero\none\ntwo\n');
    const buffer = new LogBuffer();
    buffer.reset(9);
    buffer.append(whole.subarray(9), 9);
    expect(buffer.line(0).index).toBe(0);
    buffer.prepend(whole.subarray(0, 9), 0, true);
    expect(buffer.line(2)).toMatchObject({ text: 'two', index: 0 });
    expect(buffer.line(0)).toMatchObject({ text: 'zero', index: -2 });
  });

  it('carries colours into later lines, also from pieces added before', () => {
    const whole = bytes('\x1b[31mred\nstill\nagain\x1b[0m\nplain\n');
    const buffer = new LogBuffer();
    const start = 9;
    buffer.reset(start);
    buffer.append(whole.subarray(start), start);
    expect(buffer.line(0).style).toEqual({});
    buffer.prepend(whole.subarray(0, start), 0, true);
    expect(buffer.line(1)).toMatchObject({
      text: 'still',
      style: { color: 1 }
    });
    expect(buffer.line(2).style).toEqual({ color: 1 });
    expect(buffer.line(3).style).toEqual({});
  });

  it('finds the line that holds a byte', () => {
    const buffer = filled('one\ntwo\nthree');
    expect([0, 3, 4, 8, 12].map(at => buffer.find(at))).toEqual([
      0, 0, 1, 2, 2
    ]);
    expect(buffer.find(13)).toBe(-1);
  });

  it('shows what was given back as a line of its own', () => {
    const buffer = filled('one\ntw');
    buffer.hole(6, 1000);
    buffer.append(bytes('x\nlast\n'), 1006);
    expect(buffer.length).toBe(5);
    expect(buffer.line(2).hole).toBe(1000);
    expect(buffer.line(4).text).toBe('last');
  });

  it('gives up lines at the far end when there are too many', () => {
    const many = Array.from({ length: 60_000 }, (_, i) => `${i}\n`).join('');
    const start = filled(many);
    expect(start.trim('start')).toBe(true);
    expect(start.length).toBeLessThanOrEqual(50_000);
    expect(start.line(start.length - 1).text).toBe('59999');
    expect(start.end).toBe(many.length);
    const end = filled(many);
    end.trim('end');
    expect(end.line(0).text).toBe('0');
    const next = end.end;
    end.append(bytes(many.slice(next)), next);
    expect(end.length).toBe(60_000);
    expect(filled('few\n').trim('start')).toBe(false);
  });
});
