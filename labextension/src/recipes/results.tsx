import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Tabs } from '../tabs';
import { IResult } from './service';
import { lineOf, outcomeWord } from './words';

export interface IResultsProps {
  results: readonly IResult[];
  /** Whether it was done, or would be. */
  applied: boolean;
  /** The file. */
  text: string;
  tabs: Tabs;
  trans: TranslationBundle;
}

/** What applying each recipe of a file does or did, and what is wrong with it, where. */
export function Results(props: IResultsProps): JSX.Element {
  return (
    <ul className="jp-Deploy-results">
      {props.results.map(result => (
        <li key={result.line} className={`jp-mod-${result.outcome}`}>
          <Line {...props} result={result} />
          {result.errors.map((error, at) => (
            <Wrong key={at} {...props} error={error} />
          ))}
          {result.warnings.map(warning => (
            <p key={warning} className="jp-Deploy-results-warning">
              {warning}
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Line(props: IResultsProps & { result: IResult }): JSX.Element {
  const { applied, tabs, trans } = props;
  const { type, name, id, outcome, line } = props.result;
  const open = () =>
    type === 'deployment' ? tabs.openDeployment(name!) : tabs.openJob(name!);
  return (
    <div className="jp-Deploy-results-line">
      <span className="jp-Deploy-results-outcome">
        {outcomeWord(outcome, applied, trans)}
      </span>
      <span>{typeWord(type, trans)}</span>
      {id !== null && name !== null ? (
        <button type="button" className="jp-Deploy-link" onClick={open}>
          {name}
        </button>
      ) : (
        <b>{name}</b>
      )}
      <span className="jp-Deploy-results-where">
        {trans.__('line %1', line)}
      </span>
    </div>
  );
}

/** One error, with the line it is about. */
function Wrong(
  props: IResultsProps & { error: IResult['errors'][number] }
): JSX.Element {
  const { text, trans } = props;
  const { field, message, fix, line, column } = props.error;
  return (
    <div className="jp-Deploy-results-error">
      <p>
        <b>{trans.__('line %1, column %2', line, column)}</b>
        {`: ${field} ${message}`.trimEnd()}
        {fix && ` – ${fix}`}
      </p>
      <code>{lineOf(text, line)}</code>
    </div>
  );
}

function typeWord(type: string | null, trans: TranslationBundle): string {
  return type === 'deployment'
    ? trans.__('deployment')
    : type === 'job'
      ? trans.__('job')
      : trans.__('recipe');
}
