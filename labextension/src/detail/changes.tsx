import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { shortHash } from '../code/commit';
import { Changed, FileChanges } from '../code/frozen';
import { useNow } from '../hooks';
import { describe } from '../model';
import { DeployService } from '../service';
import { ago, exact } from '../time';
import { IRun, IRunChanges } from '../tokens';
import { visible } from '../visible';
import { BeforeAfter, settingName } from './beforeafter';

/** What differs between a run and the good one before it; null while nobody knows. */
export function useChanges(
  run: IRun,
  service: DeployService,
  wanted: boolean
): { changes: IRunChanges | null; error: unknown } {
  const [answer, setAnswer] = React.useState<{
    id: string;
    changes: IRunChanges | null;
    error: unknown;
  } | null>(null);
  React.useEffect(() => {
    let isWanted = wanted;
    if (wanted) {
      const settle = (changes: IRunChanges | null, error: unknown) =>
        isWanted && setAnswer({ id: run.id, changes, error });
      service.changes(run.id).then(
        changes => settle(changes, null),
        error => settle(null, error)
      );
    }
    return () => {
      isWanted = false;
    };
  }, [run.id, run.state, wanted]);
  // Not those of a run that was shown before.
  return answer?.id === run.id ? answer : { changes: null, error: null };
}

/** What changed since the last good run; open by itself for a run that failed. */
export function Changes(props: {
  run: IRun;
  service: DeployService;
  trans: TranslationBundle;
}): JSX.Element {
  const { run, service, trans } = props;
  const [open, setOpen] = React.useState(run.state === 'error');
  const { changes, error } = useChanges(run, service, open);
  return (
    <details
      className="jp-Deploy-part"
      open={open}
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary>{trans.__('What changed')}</summary>
      {error !== null && (
        <p className="jp-Deploy-problem" role="alert">
          {describe(error, trans)}
        </p>
      )}
      {open && !changes && error === null && (
        <p role="status">{trans.__('Comparing…')}</p>
      )}
      {changes && <Differences changes={changes} trans={trans} />}
    </details>
  );
}

function Differences(props: {
  changes: IRunChanges;
  trans: TranslationBundle;
}): JSX.Element {
  const { changes, trans } = props;
  const { files, files_count, since } = changes;
  const apart = files.filter(file => file.during);
  const plain = files.filter(file => !file.during);
  const rest = files_count - files.length;
  return (
    <>
      <p className="jp-Deploy-sentence">{changes.sentence}</p>
      {changes.files_unknown && <p>{changes.files_unknown}</p>}
      {plain.length > 0 && (
        <Group title={trans.__('Files')}>
          <FileChanges
            files={plain}
            count={plain.length + rest}
            trans={trans}
          />
        </Group>
      )}
      {since && (
        <Changed
          files={apart}
          count={apart.length}
          since={trans._n(
            '%1 file was written while run %2 was active, so probably by it',
            '%1 files were written while run %2 was active, so probably by it',
            apart.length,
            since.number
          )}
          trans={trans}
        />
      )}
      <Commits changes={changes} trans={trans} />
      {changes.packages_unknown && <p>{changes.packages_unknown}</p>}
      {changes.packages.length > 0 && (
        <Group title={trans.__('Packages')}>
          <BeforeAfter rows={changes.packages} trans={trans} />
        </Group>
      )}
      {changes.settings.length > 0 && (
        <Group title={trans.__('Settings')}>
          <BeforeAfter
            rows={changes.settings.map(({ field, ...row }) => ({
              ...row,
              name: settingName(field, trans)
            }))}
            trans={trans}
          />
        </Group>
      )}
    </>
  );
}

function Group(props: {
  title: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <>
      <h4>{props.title}</h4>
      {props.children}
    </>
  );
}

function Commits(props: {
  changes: IRunChanges;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { changes, trans } = props;
  const { commits, commits_count } = changes;
  const now = useNow(30_000);
  if (commits.length === 0) {
    return null;
  }
  return (
    <Group title={trans.__('Commits')}>
      <ul className="jp-Deploy-entries">
        {commits.map(({ commit, subject, author, at }) => (
          <li key={commit}>
            <code title={commit}>{shortHash(commit)}</code> {visible(subject)}
            <span title={exact(at)}>
              {trans.__('%1, %2', visible(author), ago(at, now, trans))}
            </span>
          </li>
        ))}
        {commits_count > commits.length && (
          <li>{trans.__('… and %1 more', commits_count - commits.length)}</li>
        )}
      </ul>
    </Group>
  );
}
