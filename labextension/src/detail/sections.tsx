import { ISignal, Signal } from '@lumino/signaling';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useSignal } from '../hooks';
import { IRun } from '../tokens';

const SECTIONS = ['overview', 'runs', 'run', 'log', 'recipe'] as const;

export type Section = (typeof SECTIONS)[number];

/** Which part of a job's tab is shown. */
export class SectionModel {
  get current(): Section {
    return this._current;
  }

  set current(section: Section) {
    if (section !== this._current) {
      this._current = section;
      this._changed.emit();
    }
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private _changed = new Signal<this, void>(this);
  private _current: Section = 'runs';
}

/** Id of what a job's tab shows a section in. */
export function panelId(jobId: string): string {
  return `jp-deploy-section-${jobId}`;
}

/** The sections, to choose from by pointer or arrow keys. */
export function SectionTabs(props: {
  sections: SectionModel;
  jobId: string;
  /** The run that is shown. */
  run: IRun | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { sections, jobId, run, trans } = props;
  useSignal(sections.changed);
  const bar = React.useRef<HTMLDivElement>(null);
  const labels: { [section in Section]: string } = {
    overview: trans.__('Overview'),
    runs: trans.__('Runs'),
    run: run ? trans.__('Run %1', run.number) : '',
    log: trans.__('Log'),
    recipe: trans.__('Recipe')
  };
  const shown = SECTIONS.filter(section => labels[section]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const at = shown.indexOf(sections.current);
    const target = {
      ArrowRight: (at + 1) % shown.length,
      ArrowLeft: (at + shown.length - 1) % shown.length,
      Home: 0,
      End: shown.length - 1
    }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      sections.current = shown[target];
      (bar.current?.children[target] as HTMLElement).focus();
    }
  };
  return (
    <div
      role="tablist"
      className="jp-Deploy-sections"
      aria-label={trans.__('Parts of the job')}
      ref={bar}
      onKeyDown={onKeyDown}
    >
      {shown.map(section => (
        <button
          key={section}
          type="button"
          role="tab"
          id={`${panelId(jobId)}-${section}`}
          aria-selected={section === sections.current}
          aria-controls={panelId(jobId)}
          tabIndex={section === sections.current ? 0 : -1}
          onClick={() => (sections.current = section)}
        >
          {labels[section]}
        </button>
      ))}
    </div>
  );
}
