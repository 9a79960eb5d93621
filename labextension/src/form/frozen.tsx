import * as React from 'react';

import { FrozenCopy, sizeWords } from '../code/frozen';
import { describe } from '../http';
import { IJobCode, IPreview } from '../tokens';
import { ICodeProps } from './code';
import { Problem } from './fields';
import { Preview } from './preview';

/** The snapshot it has, until it is to be made anew; then what that would take. */
export function Frozen(props: ICodeProps): JSX.Element {
  const { draft, set, errors, service, kept, trans } = props;
  const [digest] = React.useState(draft.snapshot);
  const error = errors['spec.x-jupyter.snapshot'];
  return (
    <div className="jp-Deploy-suboption">
      {draft.snapshot !== null && kept !== null ? (
        <Asked
          key="kept"
          ask={kept}
          waiting={trans.__('Looking what changed since it was frozen…')}
          {...props}
        >
          {(code: IJobCode) => (
            <>
              <FrozenCopy code={code} trans={trans} />
              <button
                type="button"
                className="jp-Deploy-small jp-mod-styled"
                onClick={() => set({ snapshot: null })}
              >
                {trans.__('Update code')}
              </button>
            </>
          )}
        </Asked>
      ) : (
        <Asked
          key="new"
          ask={signal => service.previewSnapshot(signal)}
          waiting={trans.__('Looking through the project…')}
          {...props}
        >
          {(preview: IPreview, again) => (
            <>
              <p>
                {trans.__(
                  'To be frozen: %1',
                  sizeWords(preview.files, preview.bytes, trans)
                )}
              </p>
              <Preview preview={preview} trans={trans} />
              <div className="jp-Deploy-pairs-bar">
                <button
                  type="button"
                  className="jp-Deploy-small jp-mod-styled"
                  onClick={again}
                >
                  {trans.__('Look again')}
                </button>
                {digest !== null && (
                  <button
                    type="button"
                    className="jp-Deploy-small jp-mod-styled"
                    onClick={() => set({ snapshot: digest })}
                  >
                    {trans.__('Keep the copy it has')}
                  </button>
                )}
              </div>
            </>
          )}
        </Asked>
      )}
      {error !== undefined && <Problem>{error}</Problem>}
    </div>
  );
}

/** What the server answers, once it does. */
function Asked<T>(
  props: Pick<ICodeProps, 'trans'> & {
    ask: (signal: AbortSignal) => Promise<T>;
    waiting: string;
    children: (answer: T, again: () => void) => React.ReactNode;
  }
): JSX.Element {
  const { trans } = props;
  const [answer, setAnswer] = React.useState<T | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  const [asked, again] = React.useReducer((n: number) => n + 1, 0);
  React.useEffect(() => {
    const aborter = new AbortController();
    setProblem(null);
    props.ask(aborter.signal).then(
      found => !aborter.signal.aborted && setAnswer(found),
      error => !aborter.signal.aborted && setProblem(describe(error, trans))
    );
    return () => aborter.abort();
  }, [asked]);
  if (problem !== null) {
    return (
      <>
        <Problem>{problem}</Problem>
        <button
          type="button"
          className="jp-Deploy-small jp-mod-styled"
          onClick={again}
        >
          {trans.__('Try again')}
        </button>
      </>
    );
  }
  return answer === null ? (
    <p role="status">{props.waiting}</p>
  ) : (
    <>{props.children(answer, again)}</>
  );
}
