import { VDomModel } from '@jupyterlab/ui-components';

import { JobActions } from '../actions';
import { describe, ProblemError } from '../http';
import { AccessService, IAccessToken, INewToken } from './service';
import { revokedWords } from './words';

/** The tokens there are, and the one that was just made. */
export class AccessModel extends VDomModel {
  constructor(
    readonly service: AccessService,
    private _actions: JobActions
  ) {
    super();
  }

  get trans() {
    return this._actions.trans;
  }

  /** null until there is an answer. */
  get tokens(): readonly IAccessToken[] | null {
    return this._tokens;
  }

  /** Why the list is not there or not fresh. */
  get problem(): string | null {
    return this._problem;
  }

  /** What is to be copied now or never. */
  get made(): INewToken | null {
    return this._made;
  }

  async refresh(): Promise<void> {
    try {
      this._tokens = await this.service.tokens();
      this._problem = null;
    } catch (error) {
      this._problem = describe(error, this.trans);
    }
    this.stateChanged.emit();
  }

  /** Why it was refused; null: it is made. */
  async make(name: string): Promise<string | null> {
    try {
      this._made = await this.service.make(name);
    } catch (error) {
      return refusal(error) ?? describe(error, this.trans);
    }
    await this.refresh();
    return null;
  }

  /** What was made is no longer shown. */
  forget(): void {
    this._made = null;
    this.stateChanged.emit();
  }

  /** Asks once. */
  async revoke(token: IAccessToken): Promise<void> {
    const { trans } = this;
    const sure = await this._actions.confirm(
      trans.__('Revoke the token “%1”?', token.name),
      revokedWords(token, Date.now(), trans),
      trans.__('Revoke')
    );
    if (!sure) {
      return;
    }
    let problem: string | null = null;
    try {
      await this.service.revoke(token.id);
      if (this._made?.id === token.id) {
        this._made = null;
      }
    } catch (error) {
      problem = describe(error, trans);
    }
    await this.refresh();
    this._problem ??= problem;
    this.stateChanged.emit();
  }

  private _made: INewToken | null = null;
  private _problem: string | null = null;
  private _tokens: IAccessToken[] | null = null;
}

/** What is wrong with the name. */
function refusal(error: unknown): string | null {
  if (!(error instanceof ProblemError) || !error.fields.length) {
    return null;
  }
  const [{ message, fix }] = error.fields;
  return `${message}: ${fix}`;
}
