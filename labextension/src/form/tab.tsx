import { Button } from '@jupyter/react-components';
import { ILabStatus } from '@jupyterlab/application';
import {
  Dialog,
  MainAreaWidget,
  ReactWidget,
  showDialog
} from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { IDisposable } from '@lumino/disposable';
import { Message } from '@lumino/messaging';
import * as React from 'react';

import { JobActions } from '../actions';
import { describe } from '../model';
import { SpecInput } from '../service';
import type { Tabs } from '../tabs';
import { IRecipe, IWorkspace } from '../tokens';
import { Form } from './form';

export interface IFormOptions {
  /** The job to edit; without it a new one is created. */
  name?: string;
  /** What is known of a new job. */
  draft?: SpecInput;
  /** The file that the draft is made of. */
  file?: string;
  /** The job that a new one is made after. */
  copyOf?: string;
  actions: JobActions;
  tabs: Tabs;
}

/** A form's tab. It asks before what was typed is lost with it. */
export class FormTab extends MainAreaWidget {
  constructor(
    readonly form: IFormOptions,
    private _status: ILabStatus | null
  ) {
    super({
      content: ReactWidget.create(
        <Loader
          {...form}
          close={() => this.close()}
          setDirty={isDirty => this._setDirty(isDirty)}
        />
      )
    });
    const { trans } = form.actions.model;
    this.content.addClass('jp-Deploy-form');
    this.content.title.label = form.name
      ? trans.__('Edit %1', form.name)
      : trans.__('New job');
  }

  dispose(): void {
    this._unsaved?.dispose();
    super.dispose();
  }

  protected onCloseRequest(msg: Message): void {
    void this._mayClose().then(yes => yes && super.onCloseRequest(msg));
  }

  private async _mayClose(): Promise<boolean> {
    if (!this._isDirty) {
      return true;
    }
    const { trans } = this.form.actions.model;
    const { button } = await showDialog({
      title: trans.__('Discard what was typed?'),
      body: trans.__('“%1” has changes that are not saved.', this.title.label),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label: trans.__('Discard') })
      ]
    });
    return button.accept;
  }

  private _setDirty(isDirty: boolean): void {
    if (isDirty !== this._isDirty) {
      this._isDirty = isDirty;
      this.title.className = isDirty ? 'jp-mod-dirty' : '';
      // The browser asks too, before the page goes.
      this._unsaved?.dispose();
      this._unsaved = (isDirty && this._status?.setDirty()) || null;
    }
  }

  private _isDirty = false;
  private _unsaved: IDisposable | null = null;
}

interface ILoaded {
  workspace: IWorkspace;
  recipe: IRecipe | null;
  draft?: SpecInput;
  origin: string | null;
  codeOf: string | null;
}

/** Asks for what the form is filled with. */
function Loader(
  props: IFormOptions & {
    close: () => void;
    setDirty: (isDirty: boolean) => void;
  }
): JSX.Element {
  const { actions, name, copyOf } = props;
  const { service, trans } = actions.model;
  const [loaded, setLoaded] = React.useState<ILoaded | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  const load = async () => {
    setProblem(null);
    try {
      const [workspace, recipe, copied, free] = await Promise.all([
        service.workspace(),
        name ? service.recipe(name) : null,
        copyOf ? service.recipe(copyOf) : null,
        copyOf ? actions.freeName(copyOf) : null
      ]);
      setLoaded({
        workspace,
        recipe,
        draft: copied ? { ...copied.spec, name: free ?? '' } : props.draft,
        origin: originWords(copied, props.file, trans),
        codeOf: (recipe ?? copied)?.state.id ?? null
      });
    } catch (error) {
      setProblem(describe(error, trans));
    }
  };
  React.useEffect(() => void load(), []);
  if (loaded) {
    return <Form {...props} {...loaded} />;
  }
  return problem === null ? (
    <p className="jp-Deploy-note">{trans.__('Loading…')}</p>
  ) : (
    <div className="jp-Deploy-notice jp-mod-error" role="alert">
      <p>{problem}</p>
      <Button
        className="jp-Deploy-button"
        appearance="outline"
        onClick={() => void load()}
      >
        {trans.__('Try again')}
      </Button>
    </div>
  );
}

/** Where the draft of a new job came from. */
function originWords(
  copied: IRecipe | null,
  file: string | undefined,
  trans: TranslationBundle
): string | null {
  if (copied) {
    return trans.__('Filled from the job “%1”.', copied.spec.name);
  }
  return file ? trans.__('Name and command are from %1.', file) : null;
}
