import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { useNow, useSignal } from '../hooks';
import { Empty } from '../panel/empty';
import { Listing } from '../panel/listing';
import { serviceState } from '../states';
import { DeploymentsModel } from './model';
import { IRowActions, Row } from './row';

export interface IListActions extends IRowActions {
  create(): void;
}

/** The list of deployments in the sidebar. */
export class DeploymentList extends ReactWidget {
  constructor(
    private _model: DeploymentsModel,
    private _actions: IListActions
  ) {
    super();
    this.addClass('jp-Deploy-list');
  }

  protected render(): JSX.Element {
    return <List model={this._model} actions={this._actions} />;
  }
}

function List(props: {
  model: DeploymentsModel;
  actions: IListActions;
}): JSX.Element {
  const { model, actions } = props;
  const { deployments, trans } = model;
  useSignal(model.stateChanged);
  const counts = deployments.some(deployment =>
    ['starting', 'failing'].includes(serviceState(deployment))
  );
  const now = useNow(counts ? 1000 : 30_000);
  return (
    <Listing
      model={model}
      label={trans.__('Deployments')}
      empty={
        <Empty
          what={trans.__(
            'A deployment serves an app of this project, a dashboard or a model, at a URL. It uses resources until you stop it, also when you close Jupyter.'
          )}
          create={trans.__('Create a Deployment')}
          or={trans.__('or right-click an app file in the file browser')}
          onCreate={() => actions.create()}
        />
      }
      noMatch={text =>
        trans.__('No deployment has “%1” in its name or command.', text)
      }
    >
      {(deployment, place) => (
        <Row
          {...place}
          deployment={deployment}
          actions={actions}
          showProject={model.allProjects}
          now={now}
          trans={trans}
        />
      )}
    </Listing>
  );
}
