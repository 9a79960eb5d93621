import { ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';

import { useSignal } from '../hooks';

/** Which part of a tab is shown. */
export class SectionModel<S extends string> {
  constructor(private _current: S) {}

  get current(): S {
    return this._current;
  }

  set current(section: S) {
    if (section !== this._current) {
      this._current = section;
      this._changed.emit();
    }
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private _changed = new Signal<this, void>(this);
}

/** Id of what the tab of a job or deployment shows a section in. */
export function panelId(resourceId: string): string {
  return `jp-deploy-section-${resourceId}`;
}

/** The sections, to choose from by pointer or arrow keys. */
export function SectionTabs<S extends string>(props: {
  sections: SectionModel<S>;
  /** Those there are, in their order, with what they are called. */
  labels: readonly [S, string][];
  resourceId: string;
  /** What these are parts of. */
  label: string;
}): JSX.Element {
  const { sections, labels, resourceId } = props;
  useSignal(sections.changed);
  const bar = React.useRef<HTMLDivElement>(null);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const at = labels.findIndex(([section]) => section === sections.current);
    const target = {
      ArrowRight: (at + 1) % labels.length,
      ArrowLeft: (at + labels.length - 1) % labels.length,
      Home: 0,
      End: labels.length - 1
    }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      sections.current = labels[target][0];
      (bar.current?.children[target] as HTMLElement).focus();
    }
  };
  return (
    <div
      role="tablist"
      className="jp-Deploy-sections"
      aria-label={props.label}
      ref={bar}
      onKeyDown={onKeyDown}
    >
      {labels.map(([section, label]) => (
        <button
          key={section}
          type="button"
          role="tab"
          id={`${panelId(resourceId)}-${section}`}
          aria-selected={section === sections.current}
          aria-controls={panelId(resourceId)}
          tabIndex={section === sections.current ? 0 : -1}
          onClick={() => (sections.current = section)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
