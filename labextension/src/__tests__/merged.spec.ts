import { Signal } from '@lumino/signaling';

import { IPart } from '../logs/follower';
import { MergedLog } from '../logs/merged';
import { ILogSource, ILogStream } from '../logs/source';
import { StreamState } from '../logs/stream';

const encode = (text: string) => new TextEncoder().encode(text);
// eslint-disable-next-line no-control-regex
const plain = (text: string) => text.replace(/\x1b\[\d*m/g, '');
const shown = (bytes: Uint8Array) => plain(new TextDecoder().decode(bytes));

/** A log in memory: what it holds, each line with the second it was written in. */
class Source implements ILogSource {
  constructor(private _lines: [number, string][]) {}

  readonly first = 0;
  readonly downloadUrl = null;
  readonly received = new Signal<this, { offset: number; bytes: Uint8Array }>(
    this
  );
  readonly stateChanged = new Signal<this, StreamState>(this);
  state: StreamState = 'open';
  followedFrom: number | null = null;

  async piece() {
    const bytes = encode(this._lines.map(([, text]) => text).join(''));
    return { offset: 0, bytes, size: bytes.length };
  }

  async times() {
    let offset = 0;
    const marks = this._lines.map(([at, text]): [number, string] => {
      const mark: [number, string] = [
        offset,
        new Date(at * 1000).toISOString()
      ];
      offset += text.length;
      return mark;
    });
    return { marks };
  }

  async line() {
    return { line: 0 };
  }

  async search() {
    return { count: 0, matches: [], truncated: false };
  }

  follow(offset: number): ILogStream {
    this.followedFrom = offset;
    return {
      offset,
      state: this.state,
      received: this.received,
      hole: new Signal<this, { offset: number; length: number }>(this),
      stateChanged: this.stateChanged,
      retry: () => undefined,
      dispose: () => undefined
    };
  }

  write(text: string): void {
    this.received.emit({ offset: 0, bytes: encode(text) });
  }

  dispose(): void {
    // Nothing is held.
  }
}

function part(label: string, source: ILogSource): IPart {
  return { key: label, label, colour: 0, source };
}

describe('MergedLog', () => {
  const one = () =>
    new Source([
      [1, 'a\n'],
      [4, 'd\n']
    ]);
  const other = () =>
    new Source([
      [2, 'b\n'],
      [3, 'c\n']
    ]);

  it('begins with the ends of all, by time, each line with whose it is', async () => {
    const log = new MergedLog([part('1', one()), part('2', other())]);
    const { offset, bytes } = await log.piece(-1);
    expect(offset).toBe(0);
    expect(shown(bytes)).toBe('1 │ a\n2 │ b\n2 │ c\n1 │ d\n');
    // A second look finds no line twice.
    expect((await log.piece(-1)).bytes).toEqual(bytes);
  });

  it('goes on line by line, where the ends were', async () => {
    const [first, second] = [one(), other()];
    const log = new MergedLog([part('1', first), part('2', second)]);
    const { bytes } = await log.piece(-1);
    let [text, end] = ['', bytes.length];
    log.follow().received.connect((_, news) => {
      expect(news.offset).toBe(end);
      end += news.bytes.length;
      text += shown(news.bytes);
    });
    expect(first.followedFrom).toBe(4);
    first.write('e');
    second.write('f\ng');
    first.write('!\n');
    expect(text).toBe('2 │ f\n1 │ e!\n');
    second.stateChanged.emit('ended');
    expect(text).toBe('2 │ f\n1 │ e!\n2 │ g\n');
  });

  it('lets who is new join, and nobody twice', async () => {
    const [first, second] = [one(), other()];
    const log = new MergedLog([part('1', first)]);
    await log.piece(-1);
    log.follow();
    let text = '';
    const joined = new Promise<void>(resolve =>
      log.received.connect((_, { bytes }) => {
        text += shown(bytes);
        resolve();
      })
    );
    log.parts = [part('1', one()), part('2', second)];
    await joined;
    expect(text).toBe('2 │ b\n2 │ c\n');
  });

  it('keeps label and colours of a line whose progress bar goes back', async () => {
    const source = new Source([[1, '10%\r20%\r\n\x1b[31mred\n']]);
    const { bytes } = await new MergedLog([part('1', source)]).piece(-1);
    expect(shown(bytes)).toBe('1 │ 20%\n1 │ red\n');
    // eslint-disable-next-line no-control-regex
    expect(new TextDecoder().decode(bytes)).toMatch(/red\x1b\[0m\n$/);
  });

  it('finds lines by what they hold', async () => {
    const log = new MergedLog([part('1', one()), part('2', other())]);
    const { bytes } = await log.piece(-1);
    const { count, matches } = await log.search('C');
    expect(count).toBe(1);
    const [{ line, offset }] = matches;
    expect(line).toBe(2);
    expect(shown(bytes.subarray(offset))).toBe('2 │ c\n1 │ d\n');
    expect(await log.line(offset)).toEqual({ line: 2 });
  });
});
