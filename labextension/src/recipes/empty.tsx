import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { CopyButton } from '../copybutton';

const EXAMPLE = `\
type: job
spec:
  name: nightly
  command: python report.py
  schedule: 0 6 * * *
---
type: deployment
spec:
  name: dashboard
  command: streamlit run app.py --server.port "$PORT"
`;

/** What a file of recipes is, and how to get one. */
export function NoFiles(props: { trans: TranslationBundle }): JSX.Element {
  const { trans } = props;
  return (
    <section className="jp-Deploy-teach">
      <h2>{trans.__('This project has no recipe files yet')}</h2>
      <p>
        {trans.__(
          'A recipe describes a job or a deployment as text. Kept in files beside the code, recipes are versioned with it, and whoever has the project can make the same jobs and deployments of it.'
        )}
      </p>
      <ol>
        <li>
          {trans.__(
            'Copy a recipe: it is in the tab of each job and deployment, under Recipe.'
          )}
        </li>
        <li>
          {trans.__(
            'Save it as a file in the directory .saturn of the project, for example .saturn/nightly.yaml. The file browser hides that directory, a terminal doesn’t.'
          )}
        </li>
        <li>
          {trans.__(
            'A file may hold many recipes, with --- between them. YAML elsewhere in the project is applied by a right-click on it.'
          )}
        </li>
      </ol>
      <div className="jp-Deploy-teach-example">
        <span>{trans.__('For example:')}</span>
        <CopyButton text={EXAMPLE} label={trans.__('Copy')} trans={trans} />
      </div>
      <pre tabIndex={0} aria-label={trans.__('Example of recipes')}>
        {EXAMPLE}
      </pre>
    </section>
  );
}
