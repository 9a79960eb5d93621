import * as React from 'react';

/** Lets arrows, Home and End move the focus between rows (`tr[data-key]`) below the element that
 * it is given to. Tab stops at one of them: where the focus was, else at the first. */
export function useRowKeys(keys: readonly string[]): {
  handlers: {
    onKeyDown: React.KeyboardEventHandler<HTMLElement>;
    onFocus: React.FocusEventHandler<HTMLElement>;
  };
  /** Key of the row that Tab stops at. */
  tabStop: string | undefined;
} {
  const [current, setCurrent] = React.useState<string | null>(null);
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    const rows = [
      ...event.currentTarget.querySelectorAll<HTMLElement>('tr[data-key]')
    ];
    const at = rows.indexOf(
      (event.target as HTMLElement).closest<HTMLElement>('tr[data-key]')!
    );
    const target = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: rows.length - 1
    }[event.key];
    if (at >= 0 && target !== undefined) {
      event.preventDefault();
      rows[Math.max(0, Math.min(target, rows.length - 1))].focus();
    }
  };
  const onFocus = (event: React.FocusEvent) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('tr');
    setCurrent(row?.dataset.key ?? null);
  };
  return {
    handlers: { onKeyDown, onFocus },
    tabStop: keys.find(key => key === current) ?? keys[0]
  };
}
