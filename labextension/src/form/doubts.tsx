import * as React from 'react';

import { IDoubt, IFix } from '../tokens';
import { IDraft } from './draft';
import { withLine } from './environment';

/** Milliseconds from leaving a field to the question: another may be left at once. */
const PAUSE = 300;

export interface IDoubts {
  /** What would probably fail; nothing once the draft is another. */
  doubts: IDoubt[];
  /** Asks, unless that was asked before. */
  look(): void;
  /** Changes the draft as a doubt proposes. */
  apply(doubt: IDoubt): void;
}

/** What is doubted of a draft, if `check` is to be asked. No answer is no doubt. */
export function useDoubts(
  check: ((signal: AbortSignal) => Promise<{ problems: IDoubt[] }>) | null,
  draft: IDraft,
  set: (change: Partial<IDraft>) => void
): IDoubts {
  const text = JSON.stringify([
    draft.command,
    draft.start_script,
    draft.working_directory,
    draft.source
  ]);
  const [asked, setAsked] = React.useState<string | null>(null);
  const [found, setFound] = React.useState<{
    text: string;
    doubts: IDoubt[];
  } | null>(null);
  const applied = React.useRef(false);
  React.useEffect(() => {
    if (applied.current) {
      applied.current = false;
      setAsked(text);
    }
  }, [text]);
  React.useEffect(() => {
    if (asked !== text || check === null) {
      return;
    }
    const aborter = new AbortController();
    const timer = setTimeout(() => {
      check(aborter.signal).then(
        ({ problems }) =>
          aborter.signal.aborted || setFound({ text, doubts: problems }),
        () => undefined
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [asked, text]);
  return {
    doubts: found?.text === text ? found.doubts : [],
    look: () => setAsked(text),
    apply: doubt => {
      applied.current = true;
      set(changed(draft, doubt.fix));
    }
  };
}

/** The part of a draft that a fix changes. */
export function changed(draft: IDraft, fix: IFix | null): Partial<IDraft> {
  switch (fix?.kind) {
    case 'start_script':
      return { start_script: withLine(draft.start_script, `${fix.value}`) };
    case 'command':
    case 'working_directory':
      return { [fix.kind]: `${fix.value}` };
    default:
      return {};
  }
}

/** What is doubted of one field: a warning, no error. */
export function Doubts(props: {
  field: string;
  of: IDoubts;
}): JSX.Element | null {
  const { doubts, apply } = props.of;
  const own = doubts.filter(({ field }) => field === props.field);
  if (!own.length) {
    return null;
  }
  return (
    <div className="jp-Deploy-notice jp-mod-warning" role="status">
      {own.map(doubt => (
        <div className="jp-Deploy-doubt" key={doubt.sentence}>
          <span>{doubt.sentence}</span>
          {doubt.fix && (
            <button
              type="button"
              className="jp-Deploy-small jp-mod-styled"
              title={`${doubt.fix.value}`}
              onClick={() => apply(doubt)}
            >
              {doubt.fix.label}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
