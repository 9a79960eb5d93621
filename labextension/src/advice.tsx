import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IAdvice, IRun } from './tokens';

/** A run or an instance that the doctor has looked at. */
export interface IAdvised {
  id: string;
  advice: IAdvice | null;
}

/** What can be done by itself about what went wrong. */
export interface IFixes<T extends IAdvised = IRun> {
  fix(of: T): void;
  /** Whether that was done, from here. */
  isFixed(of: T): boolean;
}

/** What went wrong and what to do about it, in one line each. */
export function adviceWords(advice: IAdvice): string {
  return `${advice.sentence}\n${advice.do}`;
}

/** Applies the fix that is offered; once that is done, does what puts it to use. */
export function FixButton<T extends IAdvised>(props: {
  of: T;
  fixes: IFixes<T>;
  trans: TranslationBundle;
  tabbable?: boolean;
  /** Puts it to use; without it there is no button any more. */
  onAgain?(): void;
}): JSX.Element | null {
  const { of, fixes, trans, tabbable } = props;
  const fix = of.advice?.fix;
  if (!fix) {
    return null;
  }
  const isFixed = fixes.isFixed(of);
  if (isFixed && !props.onAgain) {
    return null;
  }
  return (
    <button
      type="button"
      className="jp-Deploy-small jp-mod-styled"
      title={isFixed ? undefined : `${fix.label}\n${fix.value}`}
      tabIndex={tabbable === false ? -1 : 0}
      onClick={event => {
        event.stopPropagation();
        if (isFixed) {
          props.onAgain?.();
        } else {
          fixes.fix(of);
        }
      }}
    >
      {isFixed ? trans.__('Run again') : fix.label}
    </button>
  );
}
