import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { shortHash } from '../code/commit';
import { useNow } from '../hooks';
import { describe, ProblemError } from '../http';
import { DeployService } from '../service';
import { ago, exact } from '../time';
import { IReference } from '../tokens';
import { visible } from '../visible';
import { IPartProps } from './basics';
import { Field } from './fields';

/** Milliseconds after the last key before it is looked up. */
const PAUSE = 350;

/** A branch, tag or commit, and what it means now. */
export function Reference(props: IPartProps): JSX.Element {
  const { draft, set, errors, service, trans } = props;
  const meaning = useMeaning(service, draft.reference, trans);
  const field = 'spec.x-jupyter.reference';
  // What the server said of an earlier reference is over once this one means something.
  const error = meaning.problem ?? (meaning.found ? undefined : errors[field]);
  return (
    <div className="jp-Deploy-suboption">
      <Field
        field={field}
        label={trans.__('Reference')}
        error={error}
        hint={marked(
          trans.__(
            'for example `main`, a commit hash, or `tags/v1.2.3`; `origin/main` is fetched anew each time'
          )
        )}
        trans={trans}
      >
        {input => (
          <input
            {...input}
            className={`${input.className} jp-Deploy-code`}
            autoComplete="off"
            spellCheck={false}
            placeholder="main"
            value={draft.reference}
            onChange={event => set({ reference: event.target.value })}
          />
        )}
      </Field>
      <div role="status">
        {meaning.found && <Meaning found={meaning.found} trans={trans} />}
      </div>
    </div>
  );
}

/** A sentence with what stands between backticks as code. */
function marked(sentence: string): React.ReactNode {
  return sentence
    .split('`')
    .map((part, at) => (at % 2 ? <code key={at}>{part}</code> : part));
}

/** The commit, and files that the copy won't have as they are in the project. */
function Meaning(props: {
  found: IReference;
  trans: TranslationBundle;
}): JSX.Element {
  const { found, trans } = props;
  const now = useNow(30_000);
  const { changed, changed_count } = found;
  const names =
    changed_count > changed.length
      ? [...changed, trans.__('%1 more', changed_count - changed.length)]
      : changed;
  return (
    <>
      <p className="jp-Deploy-commit">
        <code title={found.commit}>{shortHash(found.commit)}</code>{' '}
        {visible(found.subject)}{' '}
        <span title={exact(found.at)}>
          {trans.__(
            '– %1, %2',
            visible(found.author),
            ago(found.at, now, trans)
          )}
        </span>
      </p>
      {changed_count > 0 && (
        <div className="jp-Deploy-notice jp-mod-warning">
          {trans._n(
            '%1 file of the project differs and will not be in the copy: %2',
            '%1 files of the project differ and will not be in the copy: %2',
            changed_count,
            names.join(', ')
          )}
        </div>
      )}
    </>
  );
}

interface IMeaning {
  found?: IReference;
  problem?: string;
}

/** What a reference means, a moment after it was typed. */
function useMeaning(
  service: DeployService,
  reference: string,
  trans: TranslationBundle
): IMeaning {
  const [meaning, setMeaning] = React.useState<IMeaning>({});
  React.useEffect(() => {
    const text = reference.trim();
    setMeaning({});
    if (!text) {
      return;
    }
    const aborter = new AbortController();
    const settle = (found: IMeaning) =>
      !aborter.signal.aborted && setMeaning(found);
    const timer = setTimeout(() => {
      service.reference(text, aborter.signal).then(
        found => settle({ found }),
        error => settle({ problem: problemWords(error, trans) })
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [reference]);
  return meaning;
}

function problemWords(error: unknown, trans: TranslationBundle): string {
  const [field] = error instanceof ProblemError ? error.fields : [];
  if (!field) {
    return describe(error, trans);
  }
  return field.fix ? `${field.message} – ${field.fix}` : field.message;
}
