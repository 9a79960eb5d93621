import { Button } from '@jupyter/react-components';
import { closeIcon, ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { IconButton } from '../button';
import { useNow, useSignal } from '../hooks';
import { Many } from '../many';
import { JobsModel } from '../model';
import { useRows } from '../rows';
import { useSelection } from '../selection';
import { Disk } from './disk';
import { IRowActions, Row } from './row';
import { Selected } from './selected';

/** Pixels of a row that has not been measured: name and command. */
const ROW = 52;

export interface IListActions extends IRowActions {
  create(): void;
}

/** The list of jobs in the sidebar. */
export class JobList extends ReactWidget {
  constructor(
    private _model: JobsModel,
    private _actions: IListActions,
    private _many: Many
  ) {
    super();
    this.addClass('jp-Deploy-list');
  }

  protected render(): JSX.Element {
    return (
      <List model={this._model} actions={this._actions} many={this._many} />
    );
  }
}

interface IListProps {
  model: JobsModel;
  actions: IListActions;
  many: Many;
}

function List(props: IListProps): JSX.Element {
  const { model, actions, many } = props;
  const { recipes, trans } = model;
  useSignal(model.stateChanged);
  const scroller = React.useRef<HTMLDivElement>(null);
  const body = React.useRef<HTMLUListElement>(null);
  const now = useNow(model.activeRuns.length ? 1000 : 30_000);
  const ids = React.useMemo(
    () => recipes.map(recipe => recipe.state.id),
    [recipes]
  );
  const selection = useSelection(ids);
  const keyOf = React.useCallback((at: number) => ids[at], [ids]);
  const rows = useRows({
    count: ids.length,
    hasMore: model.hasMore,
    keyOf,
    scroller,
    body,
    height: ROW,
    onSight: (from, to) => model.show(from, to)
  });
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    selection.handleKey(event);
    rows.handlers.onKeyDown(event);
  };
  const isEmpty = model.isReady && !model.problem && !recipes.length;
  return (
    <>
      <Selected
        recipes={recipes.filter(({ state }) => selection.has(state.id))}
        many={many}
        trans={trans}
        onClear={selection.clear}
      />
      <div className="jp-Deploy-scroller" ref={scroller}>
        <Notices model={model} />
        {isEmpty && !model.contains && <Empty {...props} />}
        {isEmpty && model.contains && (
          <p className="jp-Deploy-note">
            {trans.__(
              'No job has “%1” in its name or command.',
              model.contains
            )}
          </p>
        )}
        <ul
          role="grid"
          ref={body}
          aria-label={trans.__('Jobs')}
          aria-rowcount={model.hasMore ? -1 : ids.length}
          aria-multiselectable
          className={selection.size ? 'jp-mod-choosing' : undefined}
          style={{ height: rows.height }}
          {...rows.handlers}
          onKeyDown={onKeyDown}
        >
          {rows.items.map(({ index, key, start }) => (
            <Row
              key={key}
              recipe={recipes[index]}
              actions={actions}
              index={index}
              top={start - rows.margin}
              tabbable={key === rows.tabStop}
              chosen={selection.has(ids[index])}
              showProject={model.allProjects}
              now={now}
              engine={model.engine}
              trans={trans}
              measure={rows.measure}
              onChoose={selection.toggle}
              onClick={selection.click}
            />
          ))}
        </ul>
      </div>
      <Disk model={model} />
    </>
  );
}

/** What is wrong on the server's side, above everything else. */
function Notices(props: { model: JobsModel }): JSX.Element {
  const { model } = props;
  const [read, setRead] = React.useState<readonly string[]>([]);
  const warnings = model.warnings.filter(
    warning => warning !== model.problem && !read.includes(warning)
  );
  return (
    <>
      {warnings.map(warning => (
        <div key={warning} className="jp-Deploy-notice jp-mod-warning">
          <IconButton
            icon={closeIcon}
            label={model.trans.__('Dismiss')}
            onClick={() => setRead([...read, warning])}
          />
          <p>{warning}</p>
        </div>
      ))}
      {model.problem && (
        <div className="jp-Deploy-notice jp-mod-error" role="alert">
          <p>{model.problem}</p>
          <Button
            className="jp-Deploy-button"
            appearance="outline"
            onClick={() => void model.refresh()}
          >
            {model.trans.__('Try again')}
          </Button>
        </div>
      )}
      {!model.isReady && !model.recipes.length && (
        <p className="jp-Deploy-note">{model.trans.__('Loading…')}</p>
      )}
    </>
  );
}

function Empty(props: IListProps): JSX.Element {
  const { trans } = props.model;
  return (
    <div className="jp-Deploy-empty">
      <p>
        {trans.__(
          'A job runs a command of this project in the background. It goes on when you close this page or Jupyter, and keeps its output.'
        )}
      </p>
      <Button
        className="jp-Deploy-button"
        appearance="accent"
        onClick={() => props.actions.create()}
      >
        {trans.__('Create a Job')}
      </Button>
      <p>{trans.__('or right-click a script in the file browser')}</p>
    </div>
  );
}
