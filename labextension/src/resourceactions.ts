import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { VDomModel } from '@jupyterlab/ui-components';

import { IAdvised } from './advice';
import { numbered } from './files';
import { describe, ProblemError } from './http';

/** How many names are tried for a new resource before that is given up. */
export const NAME_TRIES = 50;

interface IModel extends VDomModel {
  readonly service: { recipe(name: string): Promise<unknown> };
  readonly trans: TranslationBundle;
  refresh(): Promise<void>;
}

/** What people do to resources of one kind, from wherever they do it. Each shows its own
 * failure. */
export abstract class ResourceActions<M extends IModel> {
  constructor(readonly model: M) {}

  get service(): M['service'] {
    return this.model.service;
  }

  get trans(): TranslationBundle {
    return this.model.trans;
  }

  /** Whether the fix that was offered for it was applied, from this page. */
  isFixed(of: IAdvised): boolean {
    return this._fixed.has(of.id);
  }

  /** A name like `name` that none has: "train-2" for "train", "train-3" for "train-2". */
  async freeName(name: string): Promise<string> {
    const stem = name.replace(/-\d+$/, '');
    for (let number = 2; number <= NAME_TRIES; number++) {
      const candidate = numbered(stem, number);
      if (candidate !== name && !(await this.exists(candidate))) {
        return candidate;
      }
    }
    return '';
  }

  /** `name`, or one like it if it is taken. */
  async untaken(name: string): Promise<string> {
    return (await this.exists(name)) ? this.freeName(name) : name;
  }

  /** Whether people are sure; `harm`: something goes. */
  async confirm(
    title: string,
    body: string,
    label = this.trans.__('Delete'),
    harm = true
  ): Promise<boolean> {
    const { button } = await showDialog({
      title,
      body,
      buttons: [
        Dialog.cancelButton({ label: this.trans.__('Cancel') }),
        harm ? Dialog.warnButton({ label }) : Dialog.okButton({ label })
      ]
    });
    return button.accept;
  }

  protected async exists(name: string): Promise<boolean> {
    try {
      await this.service.recipe(name);
      return true;
    } catch (error) {
      if (error instanceof ProblemError && error.status === 404) {
        return false;
      }
      throw error;
    }
  }

  protected setFixed(of: IAdvised): void {
    this._fixed.add(of.id);
    this.model.stateChanged.emit();
  }

  /** What `act` gives; null after a failure, of which a notification tells. */
  protected async attempt<T>(
    title: string,
    act: () => Promise<T>
  ): Promise<T | null> {
    try {
      return await act();
    } catch (error) {
      Notification.error(`${title}: ${describe(error, this.trans)}`, {
        autoClose: false
      });
      return null;
    } finally {
      // After a failure too: the server may have a warning for everybody.
      void this.model.refresh();
    }
  }

  private _fixed = new Set<string>();
}
