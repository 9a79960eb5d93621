import * as React from 'react';

import { useSignal } from '../hooks';
import { ListModel } from '../listmodel';
import { useRows } from '../rows';

/** Pixels of a row that has not been measured: name and command. */
const ROW = 52;

/** Where a row of a list is. */
export interface IPlace {
  /** Position in the list, from 0, and pixels above it. */
  index: number;
  top: number;
  /** Whether Tab stops here: one row of the list. */
  tabbable: boolean;
  measure: (element: Element | null) => void;
}

export interface IListingProps<T> {
  model: ListModel<T & { state: { id: string } }>;
  label: string;
  /** What is said where there are none, and where none has the text that was looked for. */
  empty: JSX.Element;
  noMatch(text: string): string;
  /** With a choice of several: whether there is one now. */
  choosing?: boolean;
  onKeyDown?(event: React.KeyboardEvent): void;
  children(item: T, place: IPlace): JSX.Element;
}

/** The rows of a section of the sidebar: of many, those in sight. */
export function Listing<T extends { state: { id: string } }>(
  props: IListingProps<T>
): JSX.Element {
  const { model, choosing } = props;
  const { items, trans } = model;
  useSignal(model.stateChanged);
  const scroller = React.useRef<HTMLDivElement>(null);
  const body = React.useRef<HTMLUListElement>(null);
  const keyOf = React.useCallback((at: number) => items[at].state.id, [items]);
  const rows = useRows({
    count: items.length,
    hasMore: model.hasMore,
    keyOf,
    scroller,
    body,
    height: ROW,
    onSight: (from, to) => model.show(from, to)
  });
  const isEmpty = model.isReady && !model.problem && !items.length;
  return (
    <div className="jp-Deploy-scroller" ref={scroller}>
      {!model.isReady && !items.length && (
        <p className="jp-Deploy-note">{trans.__('Loading…')}</p>
      )}
      {isEmpty && !model.contains && props.empty}
      {isEmpty && model.contains && (
        <p className="jp-Deploy-note">{props.noMatch(model.contains)}</p>
      )}
      <ul
        role="grid"
        ref={body}
        aria-label={props.label}
        aria-rowcount={model.hasMore ? -1 : items.length}
        aria-multiselectable={choosing === undefined ? undefined : true}
        className={choosing ? 'jp-mod-choosing' : undefined}
        style={{ height: rows.height }}
        {...rows.handlers}
        onKeyDown={event => {
          props.onKeyDown?.(event);
          rows.handlers.onKeyDown(event);
        }}
      >
        {rows.items.map(({ index, key, start }) => (
          <React.Fragment key={key}>
            {props.children(items[index], {
              index,
              top: start - rows.margin,
              tabbable: key === rows.tabStop,
              measure: rows.measure
            })}
          </React.Fragment>
        ))}
      </ul>
    </div>
  );
}
