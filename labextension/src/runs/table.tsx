import { Button } from '@jupyter/react-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { JobActions } from '../actions';
import { useNow, useSignal } from '../hooks';
import { Many } from '../many';
import { useRows } from '../rows';
import { useSelection } from '../selection';
import { isActive } from '../states';
import type { Tabs } from '../tabs';
import { IRun } from '../tokens';
import { FilterBar } from './filterbar';
import { Head } from './head';
import { RunsModel } from './model';
import { IRunActions, RunRow } from './row';
import { SelectionBar } from './selectionbar';

/** Pixels of a row, and of the heading with the bar above it, as in the style sheet. */
const ROW = 28;
const COVERED = 60;

export interface IRunTableProps {
  model: RunsModel;
  actions: JobActions;
  tabs: Tabs;
  /** What scrolls: the table may be only a part of it. */
  scroller: React.RefObject<HTMLElement>;
  /** The run whose log is shown. */
  shown: string | null;
  onOpen(run: IRun): void;
  /** Hears which runs are gone. */
  onDeleted?(ids: string[]): void;
}

/** Runs, however many: of one job, or of all. */
export function RunTable(props: IRunTableProps): JSX.Element {
  const { model, actions } = props;
  const { trans } = actions.model;
  const many = React.useMemo(() => new Many(actions), [actions]);
  useSignal(model.stateChanged);
  useSignal(many.bulk.changed);
  const { runs, total } = model;
  const ids = React.useMemo(() => runs.map(run => run.id), [runs]);
  const selection = useSelection(ids);
  const chosen = runs.filter(run => selection.has(run.id));
  const [isLoading, setLoading] = React.useState(false);
  const section = React.useRef<HTMLElement>(null);
  React.useEffect(() => {
    setLoading(false);
    selection.clear();
    // Another list is read from its beginning.
    const top = section.current?.offsetTop ?? 0;
    if (props.scroller.current && props.scroller.current.scrollTop > top) {
      props.scroller.current.scrollTop = top;
    }
  }, [model.filters, model.order]);

  const remove = async (some: readonly IRun[]) => {
    const gone = await many.removeRuns(some);
    model.forget(gone);
    props.onDeleted?.(gone);
  };
  const chooseAll = async () => {
    setLoading(true);
    if (await model.loadAll()) {
      selection.set(model.runs.map(run => run.id));
    }
    setLoading(false);
  };
  return (
    <section
      className="jp-Deploy-runs"
      ref={section}
      aria-busy={!model.isReady}
    >
      <FilterBar model={model} trans={trans} />
      {(chosen.length > 0 || many.bulk.progress) && (
        <SelectionBar
          chosen={chosen}
          isAll={chosen.length === runs.length}
          total={total}
          bulk={many.bulk}
          trans={trans}
          isLoading={isLoading}
          onAll={() => void chooseAll()}
          onStop={() => void many.stopRuns(chosen)}
          onDelete={() => void remove(chosen)}
          onClear={selection.clear}
        />
      )}
      {total > 0 ? (
        <Table {...props} {...{ selection, chosen: chosen.length, remove }} />
      ) : (
        model.isReady && !model.problem && <None model={model} trans={trans} />
      )}
    </section>
  );
}

interface ITableProps extends IRunTableProps {
  selection: ReturnType<typeof useSelection>;
  chosen: number;
  remove(runs: readonly IRun[]): Promise<void>;
}

/** The rows in sight under their heading. */
function Table(props: ITableProps): JSX.Element {
  const { model, selection, chosen, tabs } = props;
  const { trans } = props.actions.model;
  const { runs, total } = model;
  const body = React.useRef<HTMLTableSectionElement>(null);
  const now = useNow(runs.some(run => isActive(run.state)) ? 1000 : 30_000);
  const keyOf = React.useCallback(
    (at: number) => runs[at]?.id ?? `row-${at}`,
    [runs]
  );
  const rows = useRows(
    {
      count: total,
      hasMore: false,
      keyOf,
      scroller: props.scroller,
      body,
      height: ROW,
      covered: COVERED,
      onSight: (from, to) => model.show(from, to)
    },
    props.shown ?? undefined
  );
  const actions: IRunActions = {
    open: props.onOpen,
    stop: run => void props.actions.stopRun(run),
    pin: async run => {
      const changed = await props.actions.pinRun(run, !run.pinned);
      if (changed) {
        model.replace(changed);
      }
    },
    remove: run => void props.remove([run]),
    notebook: tabs.openNotebook
  };
  const chooseAll = () =>
    chosen === runs.length
      ? selection.clear()
      : selection.set(runs.map(run => run.id));
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    selection.handleKey(event);
    rows.handlers.onKeyDown(event);
  };

  let end = rows.margin;
  const shown = rows.items.flatMap(item => {
    const run = runs[item.index];
    const space = item.start - end;
    end = item.end;
    return [
      space > 0 && <Space key={`above-${item.key}`} height={space} />,
      run ? (
        <RunRow
          key={run.id}
          index={item.index}
          tabbable={rows.tabStop === run.id}
          isShown={props.shown === run.id}
          chosen={selection.has(run.id)}
          showJob={!model.isOfJob}
          onChoose={() => selection.toggle(run.id)}
          onClick={event => selection.click(event, run.id)}
          {...{ run, actions, now, trans }}
        />
      ) : (
        <Waiting key={item.key} index={item.index} trans={trans} />
      )
    ];
  });
  const below = rows.margin + rows.height - end;
  return (
    <table role="grid" aria-label={trans.__('Runs')} aria-rowcount={total + 1}>
      <Head
        model={model}
        trans={trans}
        loaded={runs.length}
        chosen={chosen}
        onChooseAll={chooseAll}
      />
      <tbody ref={body} {...rows.handlers} onKeyDown={onKeyDown}>
        {shown}
        {below > 0 && <Space height={below} />}
      </tbody>
    </table>
  );
}

/** The place of rows that are out of sight. */
function Space(props: { height: number }): JSX.Element {
  return <tr aria-hidden style={{ height: props.height }} />;
}

/** A row that is not loaded yet. */
function Waiting(props: {
  index: number;
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <tr
      className="jp-mod-waiting"
      data-index={props.index}
      aria-rowindex={props.index + 2}
      aria-label={props.trans.__('Loading…')}
      tabIndex={-1}
    >
      <td colSpan={12}>…</td>
    </tr>
  );
}

function None(props: {
  model: RunsModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, trans } = props;
  if (!model.isFiltered) {
    return (
      <p className="jp-Deploy-note">
        {model.isOfJob
          ? trans.__('It has not run yet.')
          : trans.__('Nothing has run yet.')}
      </p>
    );
  }
  return (
    <p className="jp-Deploy-note">
      {trans.__('No runs match.')}{' '}
      <Button
        className="jp-Deploy-button"
        appearance="neutral"
        onClick={() => model.clearFilters()}
      >
        {trans.__('Clear the filters')}
      </Button>
    </p>
  );
}
