import { Contents } from '@jupyterlab/services';
import { VDomModel } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';

import { describe } from '../http';
import { isKept } from './files';
import { IResult, RecipesService } from './service';
import { changes, refusedWords } from './words';

/** A file of recipes, and what applying it did or would do. */
export interface IFile {
  /** Relative to the project for one of `.saturn`, else of the file browser. */
  readonly path: string;
  read(): Promise<string>;
  /** What `results` are about; null: not read yet. */
  text: string | null;
  results: readonly IResult[] | null;
  /** Why there are none. */
  problem: string | null;
  applied: boolean;
  isBusy: boolean;
}

export interface IRecipeFilesOptions {
  service: RecipesService;
  contents: Contents.IManager;
  trans: TranslationBundle;
  /** Where a file of the file browser is in the project; null: it isn't. */
  inProject(path: string): Promise<string | null>;
  /** What was applied is to be seen elsewhere too. */
  onApplied(): void;
}

/** The project's files of recipes, and another one that was asked for. */
export class RecipeFilesModel extends VDomModel {
  constructor(private _options: IRecipeFilesOptions) {
    super();
  }

  get trans(): TranslationBundle {
    return this._options.trans;
  }

  /** null until there is an answer. */
  get files(): readonly IFile[] | null {
    return this._files;
  }

  /** Why the list is not there or not fresh. */
  get problem(): string | null {
    return this._problem;
  }

  /** Path of a file of the file browser that was asked for. */
  get asked(): string | null {
    return this._asked;
  }

  /** The file of `files` that is meant by it. */
  get chosen(): string | null {
    return this._chosen;
  }

  /** Those of which something is to be created or updated. */
  get waiting(): readonly IFile[] {
    return (this._files ?? []).filter(mayApply);
  }

  /** Shows a file of the file browser too. */
  ask(path: string): Promise<void> {
    this._asked = path;
    return this.refresh();
  }

  /** Reads the files again, and says of each what applying it would do. */
  refresh(): Promise<void> {
    const turn = ++this._turn;
    return this._next(() => this._refresh(turn));
  }

  /** Applies what was looked at, though the file may be another by now. */
  apply(files: readonly IFile[]): Promise<void> {
    const some = files.filter(mayApply);
    some.forEach(file => (file.isBusy = true));
    this.stateChanged.emit();
    return this._next(() => this._apply(some));
  }

  /** One thing after the other. */
  private _next(act: () => Promise<void>): Promise<void> {
    this._queue = this._queue.then(act);
    return this._queue;
  }

  private async _refresh(turn: number): Promise<void> {
    const isStale = () => this.isDisposed || turn !== this._turn;
    if (isStale()) {
      return;
    }
    try {
      this._files = await this._find();
      this._problem = null;
    } catch (error) {
      this._problem = describe(error, this.trans);
    }
    this.stateChanged.emit();
    for (const file of this._problem === null ? this._files! : []) {
      if (isStale()) {
        return;
      }
      await this._look(file, true);
      this.stateChanged.emit();
    }
  }

  private async _apply(files: readonly IFile[]): Promise<void> {
    for (const file of files) {
      await this._look(file, false);
      file.isBusy = false;
      // It may have been read again since.
      this._files = this._files!.map(each =>
        each.path === file.path ? file : each
      );
      this.stateChanged.emit();
    }
    this._options.onApplied();
  }

  private async _find(): Promise<IFile[]> {
    const { service, contents, inProject } = this._options;
    const files = (await service.files()).map(({ name, path }) =>
      this._file(path, () => service.text(name))
    );
    const path = this._asked;
    if (path === null) {
      this._chosen = null;
      return files;
    }
    const inside = await inProject(path);
    if (isKept(inside)) {
      this._chosen = inside;
      return files;
    }
    this._chosen = path;
    const read = async () => {
      const model = await contents.get(path, {
        type: 'file',
        format: 'text',
        content: true
      });
      return model.content as string;
    };
    return [this._file(path, read), ...files];
  }

  /** It shows what was known of it until that is known anew. */
  private _file(path: string, read: () => Promise<string>): IFile {
    const before = this._files?.find(file => file.path === path);
    return {
      path,
      read,
      text: before?.text ?? null,
      results: before?.results ?? null,
      problem: before?.problem ?? null,
      applied: before?.applied ?? false,
      isBusy: false
    };
  }

  private async _look(file: IFile, dryRun: boolean): Promise<void> {
    try {
      const text = dryRun ? await file.read() : file.text!;
      const results = await this._options.service.apply(text, dryRun);
      Object.assign(file, { text, results, problem: null, applied: !dryRun });
    } catch (error) {
      file.problem = refusedWords(error, this.trans);
      if (dryRun) {
        file.results = null;
      }
    }
  }

  private _asked: string | null = null;
  private _chosen: string | null = null;
  private _files: IFile[] | null = null;
  private _problem: string | null = null;
  private _queue = Promise.resolve();
  private _turn = 0;
}

/** Whether applying it would create or update something. */
export function mayApply(file: IFile): boolean {
  return (
    !file.applied &&
    !file.isBusy &&
    file.results !== null &&
    changes(file.results) > 0
  );
}
