import { Button } from '@jupyter/react-components';
import { ellipsesIcon, LabIcon } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import * as React from 'react';

export interface IEntry {
  label: string;
  icon: LabIcon;
  act(): void;
}

/** A button for a menu of what is done more seldom. */
export function MoreButton(props: {
  label: string;
  entries: readonly IEntry[];
}): JSX.Element {
  const [isOpen, setOpen] = React.useState(false);
  const open = (button: HTMLElement) => {
    const commands = new CommandRegistry();
    const menu = new Menu({ commands });
    props.entries.forEach(({ label, icon, act }, at) => {
      commands.addCommand(`${at}`, { label, icon, execute: act });
      menu.addItem({ command: `${at}` });
    });
    menu.aboutToClose.connect(() => {
      setOpen(false);
      button.focus();
      // What was chosen is executed just after this.
      void Promise.resolve().then(() => menu.dispose());
    });
    setOpen(true);
    const { left, bottom } = button.getBoundingClientRect();
    menu.open(left, bottom);
    // By keyboard one looks for the first entry, and the pointer doesn't mind.
    menu.activeIndex = 0;
  };
  return (
    <Button
      className="jp-Deploy-button"
      appearance="neutral"
      title={props.label}
      aria-label={props.label}
      aria-haspopup="menu"
      aria-expanded={isOpen}
      onClick={(event: React.MouseEvent<HTMLElement>) =>
        open(event.currentTarget)
      }
    >
      <ellipsesIcon.react tag={null} />
    </Button>
  );
}
