import { JupyterFrontEnd } from '@jupyterlab/application';
import { CommandRegistry } from '@lumino/commands';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

type Options = Partial<CommandRegistry.ICommandOptions>;

/** Adds commands on one resource: `args.name`, or the row under the context menu. */
export class RowCommands<T> {
  constructor(
    private _app: JupyterFrontEnd,
    /** Rows name themselves as `data-job` or `data-deployment`. */
    private _kind: 'job' | 'deployment',
    private _nameWords: string,
    private _service: { recipe(name: string): Promise<T> }
  ) {}

  nameOf(args: ReadonlyPartialJSONObject): string | undefined {
    return typeof args.name === 'string'
      ? args.name
      : this._app.contextMenuHitTest(node => this._kind in node.dataset)
          ?.dataset[this._kind];
  }

  /** A command that asks for the resource as it is now. */
  add(
    id: string,
    label: string,
    act: (recipe: T) => unknown,
    more: Options = {}
  ): void {
    this.addByName(
      id,
      label,
      async name => act(await this._service.recipe(name)),
      more
    );
  }

  addByName(
    id: string,
    label: string,
    act: (name: string) => unknown,
    more: Options = {}
  ): void {
    this._app.commands.addCommand(id, {
      label,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            name: { type: 'string', description: this._nameWords }
          }
        }
      },
      isEnabled: args => this.nameOf(args) !== undefined,
      execute: async args => {
        const name = this.nameOf(args);
        if (name !== undefined) {
          return act(name);
        }
      },
      ...more
    });
  }
}
