import { ILabStatus } from '@jupyterlab/application';
import {
  Dialog,
  MainAreaWidget,
  ReactWidget,
  showDialog
} from '@jupyterlab/apputils';
import { IDisposable } from '@lumino/disposable';
import { Message } from '@lumino/messaging';
import * as React from 'react';

import { JobActions } from '../actions';
import { DeploymentActions } from '../deployments/actions';
import { DeploymentForm } from '../deployments/form/form';
import { deploymentsIcon, jobsIcon } from '../icons';
import type { Tabs } from '../tabs';
import { ISpec } from '../tokens';
import { JobForm } from './form';
import { Kind } from './kind';

export interface IFormOptions {
  kind: Kind;
  /** The one to edit; without it a new one is created. */
  name?: string;
  /** What is known of a new one. */
  draft?: Partial<ISpec>;
  /** The file that the draft is made of: for a deployment, relative to the project. */
  file?: string;
  /** The one that a new one is made after. */
  copyOf?: string;
  actions: JobActions;
  deployments: DeploymentActions;
  tabs: Tabs;
}

export interface IFormProps extends IFormOptions {
  close(): void;
  /** Called as what was typed begins or ceases to differ from what is saved. */
  setDirty(isDirty: boolean): void;
}

/** A form's tab. It asks before what was typed is lost with it. */
export class FormTab extends MainAreaWidget {
  constructor(
    readonly form: IFormOptions,
    private _status: ILabStatus | null
  ) {
    const isJob = form.kind === 'job';
    const Form = isJob ? JobForm : DeploymentForm;
    super({
      content: ReactWidget.create(
        <Form
          {...form}
          close={() => this.close()}
          setDirty={isDirty => this._setDirty(isDirty)}
        />
      )
    });
    const { trans } = form.actions;
    this.content.addClass('jp-Deploy-form');
    this.content.title.icon = isJob ? jobsIcon : deploymentsIcon;
    this.content.title.label = form.name
      ? trans.__('Edit %1', form.name)
      : isJob
        ? trans.__('New job')
        : trans.__('New deployment');
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
    const { trans } = this.form.actions;
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
