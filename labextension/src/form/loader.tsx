import { Button } from '@jupyter/react-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { describe } from '../http';
import { DeployService } from '../service';
import { IDraft, newSpec } from './draft';
import { IBeginning } from './editing';
import { IKind, IMade, Kind } from './kind';
import type { IFormOptions } from './tab';

/** Asks for what a form is filled with. */
export function Loader<R extends IMade, D extends IDraft>(props: {
  kind: IKind<R, D>;
  options: IFormOptions;
  service: DeployService;
  trans: TranslationBundle;
  children(beginning: IBeginning<R>): React.ReactNode;
}): JSX.Element {
  const { kind, options, service, trans } = props;
  const [loaded, setLoaded] = React.useState<IBeginning<R> | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  const load = () => {
    setProblem(null);
    beginning(kind, options, service, trans).then(setLoaded, error =>
      setProblem(describe(error, trans))
    );
  };
  React.useEffect(load, []);
  if (loaded) {
    return <>{props.children(loaded)}</>;
  }
  return problem === null ? (
    <p className="jp-Deploy-note">{trans.__('Loading…')}</p>
  ) : (
    <div className="jp-Deploy-notice jp-mod-error" role="alert">
      <p>{problem}</p>
      <Button className="jp-Deploy-button" appearance="outline" onClick={load}>
        {trans.__('Try again')}
      </Button>
    </div>
  );
}

async function beginning<R extends IMade, D extends IDraft>(
  kind: IKind<R, D>,
  { name, copyOf, draft, file }: IFormOptions,
  service: DeployService,
  trans: TranslationBundle
): Promise<IBeginning<R>> {
  const [workspace, recipe, copied, free] = await Promise.all([
    service.workspace(),
    name ? kind.recipe(name) : null,
    copyOf ? kind.recipe(copyOf) : null,
    copyOf ? kind.freeName(copyOf) : null
  ]);
  const spec: R['spec'] =
    recipe?.spec ??
    (copied
      ? { ...copied.spec, name: free ?? '' }
      : kind.blank(newSpec(workspace, draft)));
  return {
    workspace,
    recipe,
    spec,
    origin: originWords(copied?.spec.name ?? null, file, kind.name, trans),
    codeOf: (recipe ?? copied)?.state.id ?? null
  };
}

/** Where the draft of a new one came from. */
function originWords(
  copied: string | null,
  file: string | undefined,
  kind: Kind,
  trans: TranslationBundle
): string | null {
  if (copied === null) {
    return file ? trans.__('Name and command are from %1.', file) : null;
  }
  return kind === 'job'
    ? trans.__('Filled from the job “%1”.', copied)
    : trans.__('Filled from the deployment “%1”.', copied);
}
