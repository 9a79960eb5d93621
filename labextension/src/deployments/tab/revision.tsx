import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { shortHash } from '../../code/commit';
import {
  BeforeAfter,
  IDifference,
  settingName
} from '../../detail/beforeafter';
import { ago, exact } from '../../time';
import { IRevision } from '../../tokens';
import { visible } from '../../visible';
import { broughtBack, hasOtherCode } from './back';
import { howWords } from './words';

/** One revision: who made it and how, what it changed, and the way back to it. */
export function RevisionRow(props: {
  revision: IRevision;
  /** All down to this one, newest first. */
  revisions: readonly IRevision[];
  now: number;
  tabbable: boolean;
  trans: TranslationBundle;
  /** null: it is the one that is to serve. */
  onBack: (() => void) | null;
}): JSX.Element {
  const { revision, now, tabbable, onBack, trans } = props;
  const { number, created_at } = revision;
  return (
    <tr
      data-key={`${number}`}
      tabIndex={tabbable ? 0 : -1}
      aria-label={trans.__(
        'Revision %1, %2, %3',
        number,
        howWords(revision, trans),
        ago(created_at, now, trans)
      )}
    >
      <td className="jp-mod-number">
        {number} <Mark revision={revision} trans={trans} />
      </td>
      <td className="jp-mod-how">
        {howWords(revision, trans)}
        <time dateTime={created_at} title={exact(created_at)}>
          {ago(created_at, now, trans)}
        </time>
      </td>
      <td className="jp-mod-changes">
        <Changes {...props} />
      </td>
      <td className="jp-mod-code">{codeWords(revision, trans)}</td>
      <td className="jp-mod-actions">
        {onBack && (
          <button
            type="button"
            className="jp-Deploy-small jp-mod-styled"
            tabIndex={tabbable ? 0 : -1}
            title={trans.__(
              'Puts revision %1 in service again, instance by instance',
              number
            )}
            onClick={onBack}
          >
            {trans.__('Roll back')}
          </button>
        )}
      </td>
    </tr>
  );
}

/** Whether it serves, or is to. */
function Mark(props: {
  revision: IRevision;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { wanted, in_service } = props.revision;
  const { trans } = props;
  if (in_service) {
    return (
      <span className="jp-Deploy-badge jp-mod-good">
        {wanted ? trans.__('in service') : trans.__('still in service')}
      </span>
    );
  }
  return wanted ? (
    <span className="jp-Deploy-badge">{trans.__('not ready')}</span>
  ) : null;
}

/** What differs from the revision before; of an earlier one, also what going back brings. */
function Changes(props: {
  revision: IRevision;
  revisions: readonly IRevision[];
  onBack: (() => void) | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { revision, revisions, onBack, trans } = props;
  const { changes, number } = revision;
  const brought = onBack ? broughtBack(revisions, number) : [];
  const otherCode = hasOtherCode(revision, revisions[0]);
  return (
    <>
      {changes === null ? (
        trans.__('the first one')
      ) : changes.length ? (
        <BeforeAfter rows={named(changes, trans)} trans={trans} />
      ) : (
        trans.__('no setting')
      )}
      {onBack && (
        <details className="jp-Deploy-brings">
          <summary>
            {brought.length || otherCode
              ? trans.__('What going back brings')
              : trans.__('Going back brings the same again')}
          </summary>
          <BeforeAfter
            rows={[
              ...named(brought, trans),
              ...(otherCode
                ? [
                    {
                      name: trans.__('Files'),
                      before: codeWords(revisions[0], trans),
                      after: codeWords(revision, trans)
                    }
                  ]
                : [])
            ]}
            trans={trans}
          />
          {revision.source === 'live' && (
            <p>
              {trans.__(
                'Its files are those of the project as it is: they don’t go back.'
              )}
            </p>
          )}
        </details>
      )}
    </>
  );
}

function named(
  changes: readonly IDifference[],
  trans: TranslationBundle
): IDifference[] {
  return changes.map(({ name, ...rest }) => ({
    ...rest,
    name: settingName(name, trans)
  }));
}

/** Its files, as short as a table cell. */
function codeWords(revision: IRevision, trans: TranslationBundle): string {
  const { source, reference, commit, snapshot } = revision;
  switch (source) {
    case 'snapshot':
      return trans.__('frozen copy %1', shortHash(snapshot ?? ''));
    case 'git':
      return [commit && shortHash(commit), visible(reference ?? '')]
        .filter(Boolean)
        .join(' ');
    case 'live':
      return trans.__('the project as it is');
  }
}
