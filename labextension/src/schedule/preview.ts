import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { describe } from '../model';
import { ProblemError } from '../http';
import { DeployService } from '../service';
import { ISchedulePreview } from '../tokens';

/** Milliseconds after a fire at which those after it are asked for. */
const AFTER = 500;
/** The longest a browser's timer takes. */
const LONGEST = 2 ** 31 - 1;

export interface IPreviewed {
  /** null: none was asked for, there is no answer yet, or it was refused. */
  preview: ISchedulePreview | null;
  /** What is wrong, by field: `expression`, `time_zone`, or '' when nobody answers. */
  problems: { [field: string]: string };
  /** The answer is to what was asked before. */
  isStale: boolean;
}

interface IQuestion {
  /** null: nothing is asked. */
  expression: string | null;
  timeZone: string;
  count: number;
}

const NOTHING: IPreviewed = { preview: null, problems: {}, isStale: false };

/** What a schedule means, `pause` milliseconds after it was typed, and anew after each fire.
 * Until there is an answer, the one of before. */
export function usePreview(
  service: DeployService,
  question: IQuestion,
  trans: TranslationBundle,
  pause = 0
): IPreviewed {
  const { expression, timeZone, count } = question;
  const [previewed, setPreviewed] = React.useState(NOTHING);
  const [fired, setFired] = React.useState(0);
  React.useEffect(() => {
    if (expression === null) {
      setPreviewed(NOTHING);
      return;
    }
    setPreviewed(before => ({ ...before, isStale: true }));
    const aborter = new AbortController();
    const settle = (answer: Partial<IPreviewed>) =>
      !aborter.signal.aborted && setPreviewed({ ...NOTHING, ...answer });
    const timer = setTimeout(() => {
      service.schedulePreview(expression, timeZone, count, aborter.signal).then(
        preview => settle({ preview }),
        error => settle({ problems: problemsOf(error, trans) })
      );
    }, pause);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [expression, timeZone, count, fired]);

  const first = previewed.preview?.next[0]?.at;
  React.useEffect(() => {
    if (first === undefined) {
      return;
    }
    const left = Math.max(0, Date.parse(first) - Date.now()) + AFTER;
    const timer = setTimeout(
      () => setFired(fires => fires + 1),
      Math.min(left, LONGEST)
    );
    return () => clearTimeout(timer);
  }, [first, fired]);
  return previewed;
}

/** What is wrong and what to do, by field. */
function problemsOf(error: unknown, trans: TranslationBundle) {
  const fields = error instanceof ProblemError ? error.fields : [];
  if (!fields.length) {
    return { '': describe(error, trans) };
  }
  return Object.fromEntries(
    fields.map(({ field, message, fix }) => [
      field,
      fix ? `${message} – ${fix}` : message
    ])
  );
}
