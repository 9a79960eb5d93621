import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { StateIcon } from '../icons';
import { ServiceState, stateWord } from '../states';
import { RunState } from '../tokens';
import { IPlace } from './listing';

export interface IFrameProps extends IPlace {
  id: string;
  name: string;
  /** What the context menu finds: the row's name is its `data-job` or `data-deployment`. */
  kind: 'job' | 'deployment';
  state: RunState | ServiceState;
  /** The one time or number that matters now. */
  when: JSX.Element;
  /** Buttons: what can be done besides, and the one thing that matters now. */
  more: React.ReactNode;
  main: JSX.Element;
  trans: TranslationBundle;
  /** Where several can be chosen. */
  choice?: IChoice;
  onOpen(): void;
  onMain(): void;
  onRemove(): void;
  /** The lines below. */
  children: React.ReactNode;
}

export interface IChoice {
  chosen: boolean;
  toggle(): void;
  /** Whether the click only chose. */
  click(event: React.MouseEvent): boolean;
}

/** A row of the sidebar: its state, its name, and what can be done, also by keys. */
export function Frame(props: IFrameProps): JSX.Element {
  const { id, name, state, choice, tabbable, trans } = props;
  const onKeyDown = (event: React.KeyboardEvent) => {
    const keys: { [key: string]: () => void } = {
      Enter: props.onOpen,
      ' ': props.onMain,
      Delete: props.onRemove
    };
    if (event.target === event.currentTarget && event.key in keys) {
      event.preventDefault();
      keys[event.key]();
    }
  };
  return (
    <li
      ref={props.measure}
      className={`jp-Deploy-row jp-mod-${state}${choice?.chosen ? ' jp-mod-chosen' : ''}`}
      style={{ transform: `translateY(${props.top}px)` }}
      data-index={props.index}
      {...{ [`data-${props.kind}`]: name }}
      tabIndex={tabbable ? 0 : -1}
      role="row"
      aria-rowindex={props.index + 1}
      aria-selected={choice?.chosen}
      aria-label={`${name}, ${stateWord(state, trans)}`}
      aria-describedby={`jp-deploy-more-${id}`}
      onClick={event => choice?.click(event) || props.onOpen()}
      onKeyDown={onKeyDown}
    >
      <div className="jp-Deploy-row-line" role="gridcell">
        {choice && (
          <input
            type="checkbox"
            tabIndex={tabbable ? 0 : -1}
            aria-label={trans.__('Select %1', name)}
            checked={choice.chosen}
            readOnly
            onClick={event => {
              event.stopPropagation();
              if (!choice.click(event)) {
                choice.toggle();
              }
            }}
          />
        )}
        <StateIcon state={state} trans={trans} />
        <span className="jp-Deploy-row-name" title={name}>
          {name}
        </span>
        {props.when}
        <span className="jp-Deploy-row-more">{props.more}</span>
        {props.main}
      </div>
      <div role="gridcell" id={`jp-deploy-more-${id}`}>
        {props.children}
      </div>
    </li>
  );
}
