import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { LogControl } from '../tokens';

/** Milliseconds before trying again: the first time, and at most. */
const BACKOFF = 250;
const LONGEST_BACKOFF = 15_000;

export type StreamState = 'connecting' | 'open' | 'broken' | 'ended';

/** Follows one attempt's log from a byte on, over lost connections, without gap or repeat. */
export class LogStream implements IDisposable {
  /** `connect` opens a socket that sends the log from a byte on. */
  constructor(
    private _connect: (offset: number) => WebSocket,
    private _offset: number
  ) {
    this._open();
  }

  /** Bytes of the log passed on so far: where the next ones begin. */
  get offset(): number {
    return this._offset;
  }

  get state(): StreamState {
    return this._state;
  }

  /** Bytes, and where they begin. */
  get received(): ISignal<this, { offset: number; bytes: Uint8Array }> {
    return this._received;
  }

  get hole(): ISignal<this, { offset: number; length: number }> {
    return this._hole;
  }

  /** The attempt is over and all of its log was passed on. */
  get ended(): ISignal<this, Extract<LogControl, { type: 'end' }>> {
    return this._ended;
  }

  get stateChanged(): ISignal<this, StreamState> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      clearTimeout(this._timer);
      Signal.clearData(this);
      this._socket?.close();
    }
  }

  /** Tries again now what would be tried again later: the server answers again. */
  retry(): void {
    if (this._state === 'broken' && this._timer !== undefined) {
      clearTimeout(this._timer);
      this._open();
    }
  }

  private _open(): void {
    this._timer = undefined;
    const socket = this._connect(this._offset);
    this._socket = socket;
    socket.onmessage = event => {
      if (socket === this._socket && !this._isDisposed) {
        this._onMessage(event.data);
      }
    };
    // An error is always followed by a close.
    socket.onclose = () => {
      if (this._isDisposed || this._state === 'ended') {
        return;
      }
      this._setState('broken');
      const delay = Math.min(LONGEST_BACKOFF, BACKOFF * 2 ** this._failures);
      this._failures++;
      this._timer = setTimeout(() => this._open(), delay);
    };
  }

  private _onMessage(data: ArrayBuffer | string): void {
    if (typeof data !== 'string') {
      const bytes = new Uint8Array(data);
      const offset = this._offset;
      this._offset += bytes.length;
      this._received.emit({ offset, bytes });
      return;
    }
    const control = JSON.parse(data) as LogControl;
    switch (control.type) {
      case 'start':
        this._failures = 0;
        this._offset = control.offset;
        this._setState('open');
        break;
      case 'hole':
        this._offset = control.offset + control.length;
        this._hole.emit(control);
        break;
      case 'end':
        this._setState('ended');
        this._ended.emit(control);
        break;
    }
  }

  private _setState(state: StreamState): void {
    if (state !== this._state) {
      this._state = state;
      this._stateChanged.emit(state);
    }
  }

  private _ended = new Signal<this, Extract<LogControl, { type: 'end' }>>(this);
  private _failures = 0;
  private _hole = new Signal<this, { offset: number; length: number }>(this);
  private _isDisposed = false;
  private _received = new Signal<this, { offset: number; bytes: Uint8Array }>(
    this
  );
  private _socket: WebSocket | null = null;
  private _state: StreamState = 'connecting';
  private _stateChanged = new Signal<this, StreamState>(this);
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
