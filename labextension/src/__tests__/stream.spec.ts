import { LogStream } from '../logs/stream';
import { LogControl } from '../tokens';

/** A socket whose other side is the test. */
class FakeSocket {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  close = jest.fn();

  send(control: LogControl): void {
    this.onmessage!({ data: JSON.stringify(control) });
  }

  bytes(text: string): void {
    this.onmessage!({ data: new TextEncoder().encode(text).buffer });
  }
}

function followed(offset = 0) {
  const sockets: FakeSocket[] = [];
  const asked: number[] = [];
  let received = '';
  const stream = new LogStream(from => {
    asked.push(from);
    sockets.push(new FakeSocket());
    return sockets.at(-1) as unknown as WebSocket;
  }, offset);
  stream.received.connect((_, { bytes }) => {
    received += new TextDecoder().decode(bytes);
  });
  return { stream, sockets, asked, text: () => received };
}

const start = (offset: number): LogControl => ({
  type: 'start',
  attempt: 1,
  offset,
  size: 100
});

describe('LogStream', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('goes on where it was after a lost connection', async () => {
    const { stream, sockets, asked, text } = followed(5);
    sockets[0].send(start(5));
    sockets[0].bytes('one ');
    sockets[0].bytes('two ');
    sockets[0].onclose!();
    expect(stream.state).toBe('broken');
    await jest.advanceTimersByTimeAsync(300);
    expect(asked).toEqual([5, 13]);
    sockets[1].send(start(13));
    sockets[1].bytes('three');
    expect(stream.state).toBe('open');
    expect(text()).toBe('one two three');
    stream.dispose();
  });

  it('waits longer after each failure, and no more once it is connected', async () => {
    const { stream, sockets } = followed();
    for (const wait of [250, 500, 1000, 2000]) {
      sockets.at(-1)!.onclose!();
      const { length } = sockets;
      await jest.advanceTimersByTimeAsync(wait - 10);
      expect(sockets).toHaveLength(length);
      await jest.advanceTimersByTimeAsync(20);
      expect(sockets).toHaveLength(length + 1);
    }
    sockets.at(-1)!.send(start(0));
    sockets.at(-1)!.onclose!();
    const { length } = sockets;
    await jest.advanceTimersByTimeAsync(260);
    expect(sockets).toHaveLength(length + 1);
    stream.dispose();
  });

  it('tries again at once when told that the server answers', async () => {
    const { stream, sockets } = followed();
    stream.retry();
    expect(sockets).toHaveLength(1);
    for (let i = 0; i < 8; i++) {
      sockets.at(-1)!.onclose!();
      await jest.advanceTimersByTimeAsync(15_000);
    }
    sockets.at(-1)!.onclose!();
    const { length } = sockets;
    stream.retry();
    stream.retry();
    expect(sockets).toHaveLength(length + 1);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(length + 1);
    stream.dispose();
  });

  it('counts what was given back', () => {
    const { stream, sockets } = followed();
    const holes = jest.fn();
    stream.hole.connect((_, hole) => holes(hole.length));
    sockets[0].send(start(0));
    sockets[0].send({ type: 'hole', offset: 0, length: 1000 });
    sockets[0].bytes('x');
    expect(holes).toHaveBeenCalledWith(1000);
    expect(stream.offset).toBe(1001);
    stream.dispose();
  });

  it('is over after the end', async () => {
    const { stream, sockets } = followed();
    sockets[0].send(start(0));
    sockets[0].send({
      type: 'end',
      attempt: 1,
      offset: 0,
      state: 'completed',
      attempts: 1
    });
    sockets[0].onclose!();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(stream.state).toBe('ended');
    expect(sockets).toHaveLength(1);
    stream.dispose();
  });

  it('opens no socket after it was disposed', async () => {
    const { stream, sockets } = followed();
    sockets[0].onclose!();
    stream.dispose();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
  });
});
