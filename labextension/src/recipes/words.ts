import { TranslationBundle } from '@jupyterlab/translation';

import { describe, ProblemError } from '../http';
import { IResult, Outcome } from './service';

/** The longest line of a file that is shown. */
const LONGEST = 160;

/** What applying a recipe did, or would do. */
export function outcomeWord(
  outcome: Outcome,
  applied: boolean,
  trans: TranslationBundle
): string {
  switch (outcome) {
    case 'created':
      return applied ? trans.__('created') : trans.__('to create');
    case 'updated':
      return applied ? trans.__('updated') : trans.__('to update');
    case 'unchanged':
      return trans.__('unchanged');
    case 'failed':
      return trans.__('can’t be applied');
  }
}

/** How many would be created or updated. */
export function changes(results: readonly IResult[]): number {
  return count(results, 'created') + count(results, 'updated');
}

/** "1 to create · 3 unchanged · 1 can’t be applied". */
export function sum(
  results: readonly IResult[],
  applied: boolean,
  trans: TranslationBundle
): string {
  const outcomes: Outcome[] = ['created', 'updated', 'unchanged', 'failed'];
  return outcomes
    .filter(outcome => count(results, outcome) > 0)
    .map(
      outcome =>
        `${count(results, outcome)} ${outcomeWord(outcome, applied, trans)}`
    )
    .join(' · ');
}

/** One line of a text, without what would be too much of it. `line` counts from 1. */
export function lineOf(text: string, line: number): string {
  const found = text.split('\n')[line - 1]?.trimEnd() ?? '';
  return found.length > LONGEST ? `${found.slice(0, LONGEST)}…` : found;
}

/** Why a text can't be applied at all: "line 3, column 5: …". */
export function refusedWords(error: unknown, trans: TranslationBundle): string {
  if (error instanceof ProblemError && error.fields.length) {
    return error.fields
      .map(({ field, message }) => (field ? `${field}: ${message}` : message))
      .join('\n');
  }
  return describe(error, trans);
}

function count(results: readonly IResult[], outcome: Outcome): number {
  return results.filter(result => result.outcome === outcome).length;
}
