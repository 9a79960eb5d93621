import * as React from 'react';

export interface ISelection {
  has(id: string): boolean;
  size: number;
  /** Puts one in or out. */
  toggle(id: string): void;
  /** Puts in all from the one that was last toggled to this one. */
  extend(id: string): void;
  set(ids: Iterable<string>): void;
  clear(): void;
  /** Ctrl or Cmd with A chooses all, Escape none. */
  handleKey(event: React.KeyboardEvent): void;
  /** A click with Ctrl, Cmd or Shift chooses: whether it did. */
  click(event: React.MouseEvent, id: string): boolean;
}

/** What was chosen of a list of ids in their order; what left the list is out of it. */
export function useSelection(ids: readonly string[]): ISelection {
  const [kept, setChosen] = React.useState<ReadonlySet<string>>(NONE);
  const anchor = React.useRef<string | null>(null);
  const chosen = React.useMemo(
    () => (kept.size ? new Set(ids.filter(id => kept.has(id))) : NONE),
    [ids, kept]
  );
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) {
      next.add(id);
    }
    anchor.current = id;
    setChosen(next);
  };
  const extend = (id: string) => {
    const from = ids.indexOf(anchor.current ?? id);
    const to = ids.indexOf(id);
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    const between = from < 0 ? [id] : ids.slice(first, last + 1);
    setChosen(new Set([...chosen, ...between]));
  };
  return {
    has: id => chosen.has(id),
    size: chosen.size,
    toggle,
    extend,
    set: some => setChosen(new Set(some)),
    clear: () => setChosen(NONE),
    handleKey: event => {
      if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        setChosen(new Set(ids));
      } else if (event.key === 'Escape') {
        setChosen(NONE);
      }
    },
    click: (event, id) => {
      if (event.shiftKey) {
        extend(id);
      } else if (event.ctrlKey || event.metaKey) {
        toggle(id);
      } else {
        return false;
      }
      return true;
    }
  };
}

const NONE: ReadonlySet<string> = new Set();
