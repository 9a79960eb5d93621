import { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** The time in milliseconds, anew every `interval` milliseconds. */
export function useNow(interval: number): number {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}

/** Renders the component again whenever `signal` is emitted. */
export function useSignal<S, A>(signal: ISignal<S, A>): void {
  const [, again] = React.useReducer((n: number) => n + 1, 0);
  React.useEffect(() => {
    const slot = () => again();
    signal.connect(slot);
    return () => {
      signal.disconnect(slot);
    };
  }, [signal]);
}
