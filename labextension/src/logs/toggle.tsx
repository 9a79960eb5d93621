import { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** A button with an icon; `pressed` makes it one that stays. */
export function Toggle(props: {
  icon: LabIcon;
  label: string;
  pressed?: boolean;
  onClick: () => void;
}): JSX.Element {
  const Icon = props.icon.react;
  return (
    <button
      className="jp-Deploy-iconButton"
      title={props.label}
      aria-label={props.label}
      aria-pressed={props.pressed}
      onClick={props.onClick}
    >
      <Icon tag={null} />
    </button>
  );
}
