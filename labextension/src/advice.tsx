import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IAdvice, IRun } from './tokens';

/** What can be done about a failed run by itself. */
export interface IFixes {
  fix(run: IRun): void;
  /** Whether that was done, from here. */
  isFixed(run: IRun): boolean;
}

/** What went wrong and what to do about it, in one line each. */
export function adviceWords(advice: IAdvice): string {
  return `${advice.sentence}\n${advice.do}`;
}

/** Applies the fix of a run to its job; once that is done, runs the job again. */
export function FixButton(props: {
  run: IRun;
  fixes: IFixes;
  trans: TranslationBundle;
  tabbable?: boolean;
  onRun(): void;
}): JSX.Element | null {
  const { run, fixes, trans, tabbable } = props;
  const fix = run.advice?.fix;
  if (!fix) {
    return null;
  }
  const isFixed = fixes.isFixed(run);
  return (
    <button
      type="button"
      className="jp-Deploy-small jp-mod-styled"
      title={isFixed ? undefined : `${fix.label}\n${fix.value}`}
      tabIndex={tabbable === false ? -1 : 0}
      onClick={event => {
        event.stopPropagation();
        if (isFixed) {
          props.onRun();
        } else {
          fixes.fix(run);
        }
      }}
    >
      {isFixed ? trans.__('Run again') : fix.label}
    </button>
  );
}
