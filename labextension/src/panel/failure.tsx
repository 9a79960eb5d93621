import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { adviceWords, FixButton, IAdvised, IFixes } from '../advice';
import { visible } from '../visible';

interface IFailureProps<T> {
  of: T;
  fixes: IFixes<T & IAdvised>;
  trans: TranslationBundle;
  tabbable: boolean;
  /** See `FixButton`. */
  onAgain?(): void;
}

/** That something failed, and the way to its log. */
export function Failure(props: {
  sentence: string;
  trans: TranslationBundle;
  tabbable: boolean;
  onLog(): void;
}): JSX.Element {
  return (
    <div className="jp-Deploy-row-failure">
      <span title={props.sentence}>{props.sentence}</span>
      <SmallButton
        label={props.trans.__('Log')}
        tabbable={props.tabbable}
        onClick={props.onLog}
      />
    </div>
  );
}

/** What the doctor says, with its button; else what else is known. */
export function Advice<T extends IAdvised>(
  props: IFailureProps<T> & { detail: string | null }
): JSX.Element | null {
  const { advice } = props.of;
  if (advice) {
    return (
      <>
        <div className="jp-Deploy-row-detail" title={adviceWords(advice)}>
          {visible(advice.sentence)}
        </div>
        <div className="jp-Deploy-row-do">
          <span title={advice.do}>{visible(advice.do)}</span>
          <FixButton {...props} />
        </div>
      </>
    );
  }
  return props.detail ? (
    <div className="jp-Deploy-row-detail" title={props.detail}>
      <code>{visible(props.detail)}</code>
    </div>
  ) : null;
}

/** A button in a row's lines. */
export function SmallButton(props: {
  label: string;
  tabbable: boolean;
  onClick(): void;
}): JSX.Element {
  return (
    <button
      type="button"
      className="jp-Deploy-small jp-mod-styled"
      tabIndex={props.tabbable ? 0 : -1}
      onClick={event => {
        event.stopPropagation();
        props.onClick();
      }}
    >
      {props.label}
    </button>
  );
}
