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

/** A ref for the element after a list: `loadMore` is called when it comes near. */
export function useMore(
  loadMore: () => void,
  loaded: number
): React.RefObject<HTMLDivElement> {
  const ref = React.useRef<HTMLDivElement>(null);
  const callback = React.useRef(loadMore);
  callback.current = loadMore;
  React.useEffect(() => {
    if (!ref.current) {
      return;
    }
    // Made anew for each length: it reports at once if the end is still in sight.
    const observer = new IntersectionObserver(
      entries => {
        if (entries.some(entry => entry.isIntersecting)) {
          callback.current();
        }
      },
      { rootMargin: '200px' }
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [loaded]);
  return ref;
}
