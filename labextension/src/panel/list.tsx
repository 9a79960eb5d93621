import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { useNow, useSignal } from '../hooks';
import { Many } from '../many';
import { JobsModel } from '../model';
import { useSelection } from '../selection';
import { Disk } from './disk';
import { Empty } from './empty';
import { Listing } from './listing';
import { IRowActions, Row } from './row';
import { Selected } from './selected';

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

function List(props: {
  model: JobsModel;
  actions: IListActions;
  many: Many;
}): JSX.Element {
  const { model, actions, many } = props;
  const { recipes, trans } = model;
  useSignal(model.stateChanged);
  const now = useNow(model.activeRuns.length ? 1000 : 30_000);
  const ids = React.useMemo(
    () => recipes.map(recipe => recipe.state.id),
    [recipes]
  );
  const selection = useSelection(ids);
  return (
    <>
      <Selected
        recipes={recipes.filter(({ state }) => selection.has(state.id))}
        many={many}
        trans={trans}
        onClear={selection.clear}
      />
      <Listing
        model={model}
        label={trans.__('Jobs')}
        empty={
          <Empty
            what={trans.__(
              'A job runs a command of this project in the background. It goes on when you close this page or Jupyter, and keeps its output.'
            )}
            create={trans.__('Create a Job')}
            or={trans.__('or right-click a script in the file browser')}
            onCreate={() => actions.create()}
          />
        }
        noMatch={text =>
          trans.__('No job has “%1” in its name or command.', text)
        }
        choosing={selection.size > 0}
        onKeyDown={selection.handleKey}
      >
        {(recipe, place) => (
          <Row
            {...place}
            recipe={recipe}
            actions={actions}
            choice={{
              chosen: selection.has(recipe.state.id),
              toggle: () => selection.toggle(recipe.state.id),
              click: event => selection.click(event, recipe.state.id)
            }}
            showProject={model.allProjects}
            now={now}
            engine={model.engine}
            trans={trans}
          />
        )}
      </Listing>
      <Disk model={model} />
    </>
  );
}
