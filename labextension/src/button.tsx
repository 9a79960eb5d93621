import { Button } from '@jupyter/react-components';
import { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** A button with an icon. `pressed` makes it one that stays; of a row's, Tab stops only at
 * those that are `tabbable`. What it is in doesn't hear of the click. */
export function IconButton(props: {
  icon: LabIcon;
  /** What it does, and what for when `title` alone leaves that open to those who listen. */
  label: string;
  title?: string;
  pressed?: boolean;
  tabbable?: boolean;
  disabled?: boolean;
  onClick: () => void;
}): JSX.Element {
  const Icon = props.icon.react;
  return (
    <button
      type="button"
      className="jp-Deploy-iconButton"
      title={props.title ?? props.label}
      aria-label={props.label}
      aria-pressed={props.pressed}
      tabIndex={props.tabbable === false ? -1 : undefined}
      disabled={props.disabled}
      onClick={event => {
        event.stopPropagation();
        props.onClick();
      }}
    >
      <Icon tag={null} />
    </button>
  );
}

/** A button with an icon and a word. The word gives way where there is no room, if it is
 * `optional`; `isMain` is what people came for. */
export function ActionButton(props: {
  icon: LabIcon;
  label: string;
  title?: string;
  optional?: boolean;
  isMain?: boolean;
  onClick: () => void;
}): JSX.Element {
  const Icon = props.icon.react;
  return (
    <Button
      className="jp-Deploy-button"
      appearance={props.isMain ? 'accent' : 'neutral'}
      title={props.title ?? (props.optional ? props.label : undefined)}
      onClick={props.onClick}
    >
      <Icon slot="start" tag={null} />
      <span className={props.optional ? 'jp-mod-wide' : undefined}>
        {props.label}
      </span>
    </Button>
  );
}
