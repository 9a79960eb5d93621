import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import * as React from 'react';

import { useSignal } from '../hooks';
import { keyIcon } from '../icons';
import { TokenList } from './list';
import { Made } from './made';
import { Making } from './making';
import { AccessModel } from './model';

/** The tokens by which programs elsewhere act for the owner. */
export class AccessTab extends ReactWidget {
  constructor(private _model: AccessModel) {
    super();
    const { trans } = _model;
    this.addClass('jp-Deploy-page');
    this.title.label = trans.__('Access Tokens');
    this.title.caption = trans.__(
      'Tokens for terminals, scripts and clients elsewhere'
    );
    this.title.icon = keyIcon;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._model.dispose();
      super.dispose();
    }
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    void this._model.refresh();
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this._model.refresh();
  }

  protected render(): JSX.Element {
    return <Access model={this._model} />;
  }
}

function Access(props: { model: AccessModel }): JSX.Element {
  const { model } = props;
  const { trans } = model;
  useSignal(model.stateChanged);
  return (
    <div className="jp-Deploy-page-body">
      <h1>{trans.__('Access tokens')}</h1>
      <p>
        {trans.__(
          'With a token a terminal, a script or Saturn Cloud’s own client, on whatever machine, acts for you on the jobs and deployments of this server. What runs here has a token of its own already.'
        )}
      </p>
      {model.made ? <Made model={model} made={model.made} /> : null}
      <Making model={model} />
      {model.problem !== null && (
        <p className="jp-Deploy-notice jp-mod-error" role="alert">
          {model.problem}
        </p>
      )}
      <TokenList model={model} />
    </div>
  );
}
