import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { CopyButton } from '../copybutton';
import { describe } from '../model';
import { DeployService } from '../service';
import { IDeployment, IRecipe } from '../tokens';

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
  return (
    <section className="jp-Deploy-recipe">
      <div className="jp-Deploy-recipe-bar">
        <CopyButton text={text} label={trans.__('Copy')} trans={trans} />
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
