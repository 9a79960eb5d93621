import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useNow, useSignal } from '../../hooks';
import { IDeployment, IRevision } from '../../tokens';
import { DeploymentActions } from '../actions';
import { HistoryModel } from './history';
import { useRowKeys } from './keys';
import { RevisionRow } from './revision';

/** What was in service and what is, and the way back. */
export function Revisions(props: {
  recipe: IDeployment;
  actions: DeploymentActions;
}): JSX.Element {
  const { recipe, actions } = props;
  const { model, trans } = actions;
  const { id } = recipe.state;
  const [history, setHistory] = React.useState<HistoryModel | null>(null);
  React.useEffect(() => {
    const made = new HistoryModel(model, id);
    setHistory(made);
    return () => made.dispose();
  }, [id]);
  return (
    <section className="jp-Deploy-revisions" aria-label={trans.__('Revisions')}>
      {history && !history.isDisposed && (
        <List history={history} recipe={recipe} actions={actions} />
      )}
    </section>
  );
}

function List(props: {
  history: HistoryModel;
  recipe: IDeployment;
  actions: DeploymentActions;
}): JSX.Element {
  const { history, recipe, actions } = props;
  const { trans } = actions;
  useSignal(history.stateChanged);
  const now = useNow(30_000);
  const { revisions, problem } = history;
  const keys = revisions.map(({ number }) => `${number}`);
  const { handlers, tabStop } = useRowKeys(keys);
  return (
    <>
      {problem !== null && (
        <p className="jp-Deploy-notice jp-mod-error" role="alert">
          {problem}
        </p>
      )}
      {revisions.length === 0 && problem === null && (
        <p className="jp-Deploy-note" role="status">
          {nothingWords(history.isReady, trans)}
        </p>
      )}
      {revisions.length > 0 && (
        <table role="grid" aria-label={trans.__('Revisions')} {...handlers}>
          <Head trans={trans} />
          <tbody>
            {revisions.map(revision => (
              <RevisionRow
                key={revision.number}
                revision={revision}
                revisions={revisions}
                now={now}
                tabbable={`${revision.number}` === tabStop}
                trans={trans}
                onBack={backTo(revision, recipe, actions)}
              />
            ))}
          </tbody>
        </table>
      )}
      {history.hasMore && (
        <More onSight={() => void history.loadMore()} trans={trans} />
      )}
    </>
  );
}

function nothingWords(isReady: boolean, trans: TranslationBundle): string {
  return isReady
    ? trans.__(
        'It was never started. Each start, restart and rollback makes a revision, which you can go back to.'
      )
    : trans.__('Loading…');
}

/** Puts a revision in service again; null for the newest, which is there or comes by a start. */
function backTo(
  { number }: IRevision,
  recipe: IDeployment,
  actions: DeploymentActions
): (() => void) | null {
  return number === recipe.state['x-jupyter'].revision
    ? null
    : () => void actions.rollback(recipe, number);
}

function Head(props: { trans: TranslationBundle }): JSX.Element {
  const { trans } = props;
  return (
    <thead>
      <tr>
        <th className="jp-mod-number">{trans.__('Revision')}</th>
        <th className="jp-mod-how">{trans.__('Made')}</th>
        <th className="jp-mod-changes">{trans.__('What changed')}</th>
        <th className="jp-mod-code">{trans.__('Code')}</th>
        <th className="jp-mod-actions" aria-label={trans.__('Actions')} />
      </tr>
    </thead>
  );
}

/** The end of what is loaded: what follows is, when this comes into sight. */
function More(props: {
  onSight(): void;
  trans: TranslationBundle;
}): JSX.Element {
  const end = React.useRef<HTMLParagraphElement>(null);
  const onSight = React.useRef(props.onSight);
  onSight.current = props.onSight;
  React.useEffect(() => {
    const observer = new IntersectionObserver(
      entries => entries.some(e => e.isIntersecting) && onSight.current()
    );
    observer.observe(end.current!);
    return () => observer.disconnect();
  });
  return (
    <p className="jp-Deploy-note" ref={end}>
      {props.trans.__('Loading…')}
    </p>
  );
}
