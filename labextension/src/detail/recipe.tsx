import { Clipboard } from '@jupyterlab/apputils';
import { copyIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { describe } from '../model';
import { DeployService } from '../service';
import { IDeployment, IRecipe } from '../tokens';

/** Milliseconds for which it says that it was copied. */
const SAID = 3000;

/** A job or deployment as YAML, to be kept, read or sent to Saturn Cloud. */
export function RecipeText(props: {
  recipe: IRecipe | IDeployment;
  service: Pick<DeployService, 'recipeText'>;
  trans: TranslationBundle;
}): JSX.Element {
  const { recipe, service, trans } = props;
  const { name, environment_variables } = recipe.spec;
  const { updated_at } = recipe.state['x-jupyter'];
  const [values, setValues] = React.useState(false);
  const [text, setText] = React.useState<string | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  const [copied, setCopied] = React.useState(0);
  React.useEffect(() => {
    let wanted = true;
    service.recipeText(name, values).then(
      found => {
        if (wanted) {
          setText(found);
          setProblem(null);
        }
      },
      error => wanted && setProblem(describe(error, trans))
    );
    return () => {
      wanted = false;
    };
  }, [name, updated_at, values]);
  React.useEffect(() => {
    const timer = setTimeout(() => setCopied(0), SAID);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <section className="jp-Deploy-recipe">
      <div className="jp-Deploy-recipe-bar">
        <button
          type="button"
          className="jp-Deploy-small jp-mod-styled"
          disabled={text === null}
          onClick={() => {
            Clipboard.copyToSystem(text!);
            setCopied(copied + 1);
          }}
        >
          <copyIcon.react tag="span" />
          {trans.__('Copy')}
        </button>
        {Object.keys(environment_variables).length > 0 && (
          <button
            type="button"
            className="jp-Deploy-small jp-mod-styled"
            aria-pressed={values}
            onClick={() => setValues(!values)}
          >
            {values
              ? trans.__('Hide values of variables')
              : trans.__('Show values of variables')}
          </button>
        )}
        <span role="status">{copied > 0 && trans.__('Copied.')}</span>
      </div>
      {problem !== null && (
        <p className="jp-Deploy-notice jp-mod-error" role="alert">
          {problem}
        </p>
      )}
      {text === null ? (
        problem === null && <p role="status">{trans.__('Loading…')}</p>
      ) : (
        <pre tabIndex={0} aria-label={trans.__('Recipe of %1 as YAML', name)}>
          {text}
        </pre>
      )}
    </section>
  );
}
