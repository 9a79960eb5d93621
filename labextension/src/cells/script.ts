import { PathExt } from '@jupyterlab/coreutils';
import { Contents, ServerConnection } from '@jupyterlab/services';

/** Beside the notebook. */
const DIRECTORY = 'saturn_jobs';
/** Python's, whichever version. */
const PYTHON = /^python[\d.]*$/;

/** A code cell of a notebook. */
export interface ICell {
  /** Path of the notebook in the file browser. */
  notebook: string;
  /** Counts all cells of the notebook, from 1. */
  number: number;
  /** What the notebook calls it, wherever it is moved; null where it has no names. */
  id: string | null;
  source: string;
}

/** How a cell's script begins: by this it is known again. */
export function headOf({ notebook, id, number }: ICell): string {
  // A name may hold anything, and is to stay within its line.
  const name = PathExt.basename(notebook).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ');
  const known = id !== null && /^[\w-]{1,64}$/.test(id) ? id : number;
  return (
    `# Written by saturn-deploy from ${name};` +
    ' it is written again when the cell is run as a job again.\n' +
    `# Cell ${known}\n`
  );
}

/** Writes the cell's script: over the one it wrote before, never over anything else. Its path,
 * relative to the notebook's directory. */
export async function writeScript(
  contents: Contents.IManager,
  cell: ICell
): Promise<string> {
  const directory = PathExt.join(
    PathExt.dirname(contents.localPath(cell.notebook)),
    DIRECTORY
  );
  const present = await namesIn(contents, directory);
  const head = headOf(cell);
  const isOurs = async (name: string) =>
    (await textOf(contents, PathExt.join(directory, name)))?.startsWith(head);
  const name = await scriptName(cell, present ?? [], isOurs);
  if (present === null) {
    await contents.save(directory, { type: 'directory' });
  }
  await contents.save(PathExt.join(directory, name), {
    type: 'file',
    format: 'text',
    content: `${head}${cell.source.replace(/\n*$/, '\n')}`
  });
  return `${DIRECTORY}/${name}`;
}

/** The name of the cell's script among those that are there: the one that `isOurs`, or a free
 * one. */
export async function scriptName(
  cell: ICell,
  present: readonly string[],
  isOurs: (name: string) => Promise<boolean | undefined>
): Promise<string> {
  const stem = `${PathExt.basename(cell.notebook, '.ipynb')}-cell-`;
  for (const name of present) {
    if (name.startsWith(stem) && name.endsWith('.py') && (await isOurs(name))) {
      return name;
    }
  }
  for (let another = 1; ; another++) {
    const suffix = another === 1 ? '' : `-${another}`;
    const name = `${stem}${cell.number}${suffix}.py`;
    if (!present.includes(name)) {
      return name;
    }
  }
}

/** What runs Python for a notebook whose kernel is started by `argv`: `python` is that of the
 * environment at `prefix`, which runs have anyway. */
export function interpreterOf(
  argv: readonly string[] | undefined,
  prefix: string
): string {
  const program = argv?.[0] ?? '';
  const isKnown =
    program.startsWith('/') && PYTHON.test(PathExt.basename(program));
  return isKnown && PathExt.dirname(program) !== PathExt.join(prefix, 'bin')
    ? program
    : 'python';
}

/** null: there is no such directory. */
async function namesIn(
  contents: Contents.IManager,
  directory: string
): Promise<string[] | null> {
  try {
    const { content } = await contents.get(directory);
    return (content as Contents.IModel[]).map(({ name }) => name);
  } catch (error) {
    if (statusOf(error) === 404) {
      return null;
    }
    throw error;
  }
}

/** null: it is no text, or gone. */
async function textOf(
  contents: Contents.IManager,
  path: string
): Promise<string | null> {
  try {
    const { content } = await contents.get(path, {
      type: 'file',
      format: 'text',
      content: true
    });
    return content as string;
  } catch (error) {
    if ([400, 404].includes(statusOf(error) ?? 0)) {
      return null;
    }
    throw error;
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof ServerConnection.ResponseError
    ? error.response.status
    : undefined;
}
