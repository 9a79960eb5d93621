import { Button } from '@jupyter/react-components';
import { ReactWidget, refreshIcon } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import * as React from 'react';

import { ActionButton } from '../button';
import { useSignal } from '../hooks';
import { recipesIcon } from '../icons';
import type { Tabs } from '../tabs';
import { NoFiles } from './empty';
import { FileCard } from './file';
import { RecipeFilesModel } from './model';

/** The project's files of recipes, and what applying them would do. */
export class RecipesTab extends ReactWidget {
  constructor(
    readonly model: RecipeFilesModel,
    private _tabs: Tabs
  ) {
    super();
    const { trans } = model;
    this.addClass('jp-Deploy-page');
    this.title.label = trans.__('Recipe Files');
    this.title.caption = trans.__('Files of recipes in this project');
    this.title.icon = recipesIcon;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    void this.model.refresh();
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this.model.refresh();
  }

  protected render(): JSX.Element {
    return <RecipeFiles model={this.model} tabs={this._tabs} />;
  }
}

function RecipeFiles(props: {
  model: RecipeFilesModel;
  tabs: Tabs;
}): JSX.Element {
  const { model, tabs } = props;
  const { trans, files, problem, waiting } = model;
  useSignal(model.stateChanged);
  return (
    <div className="jp-Deploy-page-body">
      <div className="jp-Deploy-page-head">
        <h1>{trans.__('Recipe files')}</h1>
        {waiting.length > 1 && (
          <Button
            className="jp-Deploy-button"
            appearance="accent"
            onClick={() => void model.apply(waiting)}
          >
            {trans.__('Apply all %1 files', waiting.length)}
          </Button>
        )}
        <ActionButton
          icon={refreshIcon}
          label={trans.__('Look again')}
          title={trans.__('Read the files again')}
          onClick={() => void model.refresh()}
        />
      </div>
      <p>
        {trans.__(
          'Applying a file creates the jobs and deployments it describes that are not there, and updates those that differ. Nothing is deleted, started or stopped.'
        )}
      </p>
      {problem !== null && (
        <p className="jp-Deploy-notice jp-mod-error" role="alert">
          {problem}
        </p>
      )}
      {files === null && problem === null && (
        <p role="status">{trans.__('Loading…')}</p>
      )}
      {files?.map(file => (
        <FileCard
          key={file.path}
          file={file}
          isAsked={file.path === model.chosen}
          model={model}
          tabs={tabs}
        />
      ))}
      {files?.length === 0 && <NoFiles trans={trans} />}
    </div>
  );
}
