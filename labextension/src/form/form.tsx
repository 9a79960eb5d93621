import { Button } from '@jupyter/react-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { usePacking } from '../code/packing';
import { PackingProgress } from '../code/progress';
import { describe } from '../model';
import { ProblemError } from '../http';
import { IRecipe, IWorkspace } from '../tokens';
import { Advanced } from './advanced';
import { Basics } from './basics';
import { Code } from './code';
import {
  ADVANCED,
  changes,
  draftOf,
  duplicates,
  FieldErrors,
  fieldErrors,
  IDraft,
  needsSnapshot,
  newDraft,
  specOf,
  withSnapshot
} from './draft';
import { useDoubts } from './doubts';
import { Problem } from './fields';
import { Schedule } from './schedule';
import type { IFormOptions } from './tab';

export interface IFormProps extends IFormOptions {
  workspace: IWorkspace;
  /** The job as it is; null for a new one. */
  recipe: IRecipe | null;
  /** Where the draft of a new one came from, in words. */
  origin: string | null;
  /** The job whose snapshot the draft begins with. */
  codeOf: string | null;
  close(): void;
  /** Called as what was typed begins or ceases to differ from what is saved. */
  setDirty(isDirty: boolean): void;
}

/** What a job is made of, to be typed. */
export function Form(props: IFormProps): JSX.Element {
  const { actions, tabs, workspace, recipe, close } = props;
  const { service, trans } = actions.model;
  const [draft, setDraft] = React.useState<IDraft>(() =>
    recipe ? draftOf(recipe.spec) : newDraft(workspace, props.draft)
  );
  const [before] = React.useState(() => specOf(draft));
  const [errors, setErrors] = React.useState<FieldErrors>({});
  const [busy, setBusy] = React.useState(false);
  const packing = usePacking(service);
  const project = recipe?.state['x-jupyter'].project ?? workspace.project.value;
  const form = React.useRef<HTMLFormElement>(null);
  useFocusOnError(form, errors);
  React.useEffect(() => {
    props.setDirty(Object.keys(changes(before, specOf(draft))).length > 0);
  }, [draft]);

  const send = async (andRun: boolean) => {
    const wrong = duplicateErrors(draft, trans);
    setErrors(wrong);
    if (Object.keys(wrong).length) {
      return;
    }
    setBusy(true);
    try {
      let spec = specOf(draft);
      if (needsSnapshot(draft)) {
        const snapshot = await packing.run();
        if (snapshot === null) {
          setBusy(false);
          return;
        }
        spec = withSnapshot(spec, snapshot);
      }
      const saved = recipe
        ? await service.update(recipe.state.id, changes(before, spec))
        : await service.create(spec);
      const run = andRun ? await actions.start(saved) : null;
      void actions.model.refresh();
      props.setDirty(false);
      close();
      tabs.openJob(saved.spec.name, { runId: run?.id });
    } catch (error) {
      setBusy(false);
      void actions.model.refresh();
      setErrors(
        error instanceof ProblemError
          ? fieldErrors(error.problem)
          : { '': describe(error, trans) }
      );
    }
  };

  const set = (change: Partial<IDraft>) => setDraft({ ...draft, ...change });
  const parts = {
    draft,
    set,
    errors,
    doubts: useDoubts(
      // Files of another project are not looked at.
      project === workspace.project.value ? service : null,
      draft,
      set
    ),
    workspace,
    service,
    trans
  };
  return (
    <form
      ref={form}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void send(false);
      }}
    >
      <h2>
        {recipe
          ? trans.__('Edit %1', recipe.spec.name)
          : trans.__('Create a job')}
      </h2>
      {props.origin !== null && (
        <p className="jp-Deploy-hint">{props.origin}</p>
      )}
      {errors[''] !== undefined && (
        <div className="jp-Deploy-notice jp-mod-error" role="alert">
          <Problem>{errors['']}</Problem>
        </div>
      )}
      <Basics {...parts} project={project} />
      <Schedule {...parts} jobs={actions.model} />
      <Code {...parts} codeOf={props.codeOf} />
      <Advanced {...parts} />
      {recipe !== null && recipe.state['x-jupyter'].active_runs > 0 && (
        <p className="jp-Deploy-hint">
          {trans.__('Runs that are active now keep what they started with.')}
        </p>
      )}
      <div className="jp-Deploy-form-buttons">
        <PackingProgress packing={packing} trans={trans} />
        {recipe ? (
          <Button
            className="jp-Deploy-button"
            appearance="accent"
            type="submit"
            disabled={busy}
          >
            {trans.__('Save')}
          </Button>
        ) : (
          <>
            <Button
              className="jp-Deploy-button"
              appearance="accent"
              disabled={busy}
              onClick={() => void send(true)}
            >
              {trans.__('Create and run')}
            </Button>
            <Button
              className="jp-Deploy-button"
              appearance="neutral"
              type="submit"
              disabled={busy}
            >
              {trans.__('Create')}
            </Button>
          </>
        )}
        <Button
          className="jp-Deploy-button"
          appearance="stealth"
          disabled={busy}
          onClick={close}
        >
          {trans.__('Cancel')}
        </Button>
      </div>
    </form>
  );
}

/** Moves to the first field that is wrong, and opens what hides it. */
function useFocusOnError(
  form: React.RefObject<HTMLFormElement>,
  errors: FieldErrors
): void {
  React.useEffect(() => {
    const fields = Object.keys(errors);
    if (!fields.length) {
      return;
    }
    if (fields.some(field => ADVANCED.some(name => field.startsWith(name)))) {
      form.current?.querySelector('details')?.setAttribute('open', '');
    }
    const first =
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]') ??
      form.current?.querySelector<HTMLElement>('.jp-Deploy-problem');
    first?.scrollIntoView({ block: 'center' });
    first?.focus();
  }, [errors]);
}

function duplicateErrors(draft: IDraft, trans: TranslationBundle): FieldErrors {
  const twice = [
    ...duplicates('spec.environment_variables', draft.environment_variables),
    ...duplicates('spec.tags', draft.tags)
  ];
  return Object.fromEntries(
    twice.map(field => [field, trans.__('This name is there twice.')])
  );
}
