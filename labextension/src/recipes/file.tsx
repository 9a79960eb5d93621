import { Button } from '@jupyter/react-components';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Tabs } from '../tabs';
import { IFile, mayApply, RecipeFilesModel } from './model';
import { Results } from './results';
import { changes, sum } from './words';

/** One file: what is in it, what applying it would do or did, and the button for it. */
export function FileCard(props: {
  file: IFile;
  isAsked: boolean;
  model: RecipeFilesModel;
  tabs: Tabs;
}): JSX.Element {
  const { file, isAsked, model, tabs } = props;
  const { trans } = model;
  const { path, results, problem, text, applied } = file;
  const [chosen, setChosen] = React.useState<boolean | null>(null);
  React.useEffect(() => setChosen(isAsked || null), [isAsked]);
  const isOpen = chosen ?? isNews(file);
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  const id = React.useId();
  return (
    <section className="jp-Deploy-file" aria-label={path}>
      <div className="jp-Deploy-file-head">
        <button
          type="button"
          className="jp-Deploy-file-name"
          disabled={results === null}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setChosen(!isOpen)}
        >
          <Caret.react tag={null} />
          {path}
        </button>
        <span className="jp-Deploy-file-sum" role="status">
          {results
            ? sum(results, applied, trans)
            : problem === null
              ? trans.__('Looking…')
              : trans.__('can’t be read')}
        </span>
        {results !== null && !applied && (
          <Button
            className="jp-Deploy-button"
            appearance={changes(results) ? 'accent' : 'neutral'}
            aria-label={trans.__('Apply %1', path)}
            disabled={!mayApply(file)}
            onClick={() => void model.apply([file])}
          >
            {file.isBusy ? trans.__('Applying…') : trans.__('Apply')}
          </Button>
        )}
      </div>
      {problem !== null && (
        <p className="jp-Deploy-notice jp-mod-error" role="alert">
          {problem}
        </p>
      )}
      <div id={id} hidden={!isOpen}>
        {isOpen && results && (
          <Results {...{ results, applied, tabs, trans }} text={text ?? ''} />
        )}
      </div>
    </section>
  );
}

/** Whether there is something to see in it. */
function isNews({ results, applied }: IFile): boolean {
  return (
    results !== null &&
    (applied || results.some(({ outcome }) => outcome !== 'unchanged'))
  );
}
