import { Button } from '@jupyter/react-components';
import { closeIcon, ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';

import { useMore, useNow } from '../hooks';
import { JobsModel } from '../model';
import { IRecipe } from '../tokens';
import { byUrgency } from './order';
import { IRowActions, Row } from './row';

/** The list of jobs in the sidebar. */
export class JobList extends ReactWidget {
  constructor(
    private _model: JobsModel,
    private _actions: IRowActions & { create(): void }
  ) {
    super();
    this.addClass('jp-Deploy-list');
  }

  /** Shows only jobs whose name or command holds this text. */
  set filter(text: string) {
    this._filter = text.trim().toLowerCase();
    this._filterChanged.emit();
  }

  get filterChanged(): ISignal<this, void> {
    return this._filterChanged;
  }

  protected render(): JSX.Element {
    return (
      <UseSignal signal={this._filterChanged}>
        {() => (
          <UseSignal signal={this._model.stateChanged}>
            {() => (
              <List
                model={this._model}
                actions={this._actions}
                create={() => this._actions.create()}
                filter={this._filter}
              />
            )}
          </UseSignal>
        )}
      </UseSignal>
    );
  }

  private _filter = '';
  private _filterChanged = new Signal<this, void>(this);
}

interface IListProps {
  model: JobsModel;
  actions: IRowActions;
  create: () => void;
  filter: string;
}

function List(props: IListProps): JSX.Element {
  const { model, actions, filter } = props;
  const { trans } = model;
  const now = useNow(model.activeRuns.length ? 1000 : 30_000);
  const lately = useNow(30_000);
  const found = model.recipes.filter(recipe => matches(recipe, filter));
  // Of what is loaded in part nobody knows what comes first: it stays by name.
  const shown = model.isWhole ? byUrgency(found) : found;
  const more = useMore(() => void model.loadMore(), model.recipes.length);
  const [current, setCurrent] = React.useState<string | null>(null);
  const tabStop = Math.max(
    0,
    shown.findIndex(recipe => recipe.state.id === current)
  );

  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    const rows = [
      ...event.currentTarget.querySelectorAll<HTMLElement>('.jp-Deploy-row')
    ];
    const at = rows.findIndex(row => row.contains(document.activeElement));
    const target = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: rows.length - 1
    }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      rows[target]?.focus();
    }
  };

  return (
    <>
      <Notices model={model} />
      {model.isReady && !model.problem && !model.recipes.length && (
        <Empty {...props} />
      )}
      {filter !== '' && !model.hasMore && model.isReady && !shown.length && (
        <p className="jp-Deploy-note">
          {trans.__('No job has “%1” in its name or command.', filter)}
        </p>
      )}
      <ul role="grid" aria-label={trans.__('Jobs')} onKeyDown={onKeyDown}>
        {shown.map((recipe, index) => (
          <Row
            key={recipe.state.id}
            recipe={recipe}
            actions={actions}
            tabbable={index === tabStop}
            showProject={model.allProjects}
            now={recipe.state['x-jupyter'].active_runs ? now : lately}
            trans={trans}
            onFocus={setCurrent}
          />
        ))}
      </ul>
      {model.hasMore && <div ref={more} className="jp-Deploy-more" />}
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
          <button
            className="jp-Deploy-iconButton"
            title={model.trans.__('Dismiss')}
            aria-label={model.trans.__('Dismiss')}
            onClick={() => setRead([...read, warning])}
          >
            <closeIcon.react tag={null} />
          </button>
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
      {!model.isReady && (
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
        onClick={props.create}
      >
        {trans.__('Create a Job')}
      </Button>
      <p>{trans.__('or right-click a script in the file browser')}</p>
    </div>
  );
}

function matches(recipe: IRecipe, filter: string): boolean {
  const { name, command } = recipe.spec;
  return name.includes(filter) || command.toLowerCase().includes(filter);
}
