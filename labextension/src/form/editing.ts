import * as React from 'react';

import { JobActions } from '../actions';
import { IPackingHandle, usePacking } from '../code/packing';
import { describe, ProblemError } from '../http';
import { IWorkspace } from '../tokens';
import { IPartProps } from './basics';
import { useDoubts } from './doubts';
import { changes, IDraft, needsSnapshot } from './draft';
import { draftErrors, FieldErrors, fieldErrors } from './errors';
import { IKind, IMade } from './kind';

/** What a form begins with. */
export interface IBeginning<R extends IMade> {
  workspace: IWorkspace;
  /** It as it is; null for a new one. */
  recipe: R | null;
  spec: R['spec'];
  /** Where the draft of a new one came from, in words. */
  origin: string | null;
  /** Id of what has the frozen copy that the draft begins with; null if there is none. */
  codeOf: string | null;
}

/** A draft, and its way to the server. */
export interface IEditing<R extends IMade, D extends IDraft> {
  /** For the parts of the form. */
  parts: IPartProps<D>;
  project: string;
  busy: boolean;
  packing: IPackingHandle;
  /** Does something with what the draft says; a frozen copy is made first. What the server
   * refuses is shown, each at its field. */
  send(act: (spec: R['spec']) => Promise<unknown>): Promise<void>;
  /** Creates it, or saves its changes. */
  save(spec: R['spec']): Promise<R>;
  /** Closes the form: all is saved. */
  leave(): void;
}

export function useEditing<R extends IMade, D extends IDraft>(
  kind: IKind<R, D>,
  { workspace, recipe, spec: begun }: IBeginning<R>,
  tab: {
    actions: JobActions;
    close(): void;
    setDirty(isDirty: boolean): void;
  }
): IEditing<R, D> {
  const { service, trans, model } = tab.actions;
  const [draft, setDraft] = React.useState<D>(() => kind.draftOf(begun));
  const [before] = React.useState(() => kind.specOf(draft));
  const [errors, setErrors] = React.useState<FieldErrors>({});
  const [busy, setBusy] = React.useState(false);
  const packing = usePacking(service);
  const project = recipe?.state['x-jupyter'].project ?? workspace.project.value;
  const set = (change: Partial<D>) =>
    setDraft(draft => ({ ...draft, ...change }));
  React.useEffect(() => {
    tab.setDirty(Object.keys(changes(before, kind.specOf(draft))).length > 0);
  }, [draft]);

  /** null once the packing was cancelled. */
  const settled = async (): Promise<R['spec'] | null> => {
    if (!needsSnapshot(draft)) {
      return kind.specOf(draft);
    }
    const snapshot = await packing.run();
    return snapshot === null ? null : kind.specOf({ ...draft, snapshot });
  };
  const send = async (act: (spec: R['spec']) => Promise<unknown>) => {
    const wrong = draftErrors(draft, trans);
    setErrors(wrong);
    if (Object.keys(wrong).length) {
      return;
    }
    setBusy(true);
    try {
      const spec = await settled();
      if (spec !== null) {
        await act(spec);
      }
    } catch (error) {
      setErrors(
        error instanceof ProblemError
          ? fieldErrors(error.problem)
          : { '': describe(error, trans) }
      );
    }
    setBusy(false);
    void model.refresh();
  };
  return {
    parts: {
      draft,
      set,
      errors,
      doubts: useDoubts(
        // Files of another project are not looked at.
        project === workspace.project.value
          ? signal => kind.check(kind.specOf(draft), signal)
          : null,
        draft,
        change => set(change as Partial<D>)
      ),
      workspace,
      service,
      trans
    },
    project,
    busy,
    packing,
    send,
    save: spec =>
      recipe
        ? kind.update(recipe.state.id, changes(before, spec))
        : kind.create(spec),
    leave: () => {
      tab.setDirty(false);
      tab.close();
    }
  };
}
