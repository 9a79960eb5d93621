import { Http } from '../http';

/** A file of the project's directory `.saturn`. */
export interface IRecipeFile {
  name: string;
  /** Relative to the project. */
  path: string;
  /** How many it holds; null: it can't be read, see `problem`. */
  recipes: number | null;
  problem: string | null;
}

export type Outcome = 'created' | 'updated' | 'unchanged' | 'failed';

/** What applying one recipe did, or would do. */
export interface IResult {
  /** Where it begins, from 1. */
  line: number;
  /** null as far as the recipe doesn't tell. */
  type: string | null;
  name: string | null;
  outcome: Outcome;
  /** Of the job or deployment; null: there is none (yet). */
  id: string | null;
  warnings: string[];
  errors: {
    field: string;
    message: string;
    fix: string;
    line: number;
    column: number;
  }[];
}

/** The HTTP interface of files of recipes. */
export class RecipesService extends Http {
  async files(): Promise<IRecipeFile[]> {
    const { files } = await this.json<{ files: IRecipeFile[] }>(
      'api/recipes/files'
    );
    return files;
  }

  async text(name: string): Promise<string> {
    const path = `api/recipes/files/${encodeURIComponent(name)}`;
    return (await this.request(path, {})).text();
  }

  /** Creates and updates what the text describes; with `dryRun` only says what it would do. */
  async apply(text: string, dryRun: boolean): Promise<IResult[]> {
    const { results } = await this.json<{ results: IResult[] }>(
      'api/recipes/apply',
      {
        method: 'POST',
        query: { dry_run: `${dryRun}` },
        headers: { 'Content-Type': 'application/yaml' },
        body: text
      }
    );
    return results;
  }
}
