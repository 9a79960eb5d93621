import { PathExt } from '@jupyterlab/coreutils';

import { IWorkspace } from './tokens';

/** What runs a script or a notebook, by its extension. */
const INTERPRETERS: { [extension: string]: string } = {
  '.py': 'python',
  '.sh': 'bash',
  '.r': 'Rscript',
  '.jl': 'julia',
  '.ipynb': 'jupyter-saturn-deploy run-notebook'
};

/** The longest name of a job. */
export const NAME_LENGTH = 40;

/** Whether a path of the file browser can be run as a job. */
export function isScript(path: string): boolean {
  return PathExt.extname(path).toLowerCase() in INTERPRETERS;
}

/** Whether a path of the file browser can be an app: a dashboard, a model. */
export function isApp(path: string): boolean {
  return ['.py', '.ipynb'].includes(PathExt.extname(path).toLowerCase());
}

/** A valid name for a job made of a file's: "Ünï report_2.py" → "uni-report-2". */
export function jobName(path: string): string {
  const stem = PathExt.basename(path, PathExt.extname(path));
  const name = stem
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '');
  return trimmed(name, NAME_LENGTH) || 'job';
}

/** The name to try when `name` is taken: "train-2" for 2. */
export function numbered(name: string, number: number): string {
  return ending(name, `-${number}`);
}

/** A name that begins like `name` and ends with `suffix`, whole. */
export function ending(name: string, suffix: string): string {
  return trimmed(name, NAME_LENGTH - suffix.length) + suffix;
}

/** One word for a shell, whatever is in it. */
export function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text)
    ? text
    : `'${text.replace(/'/g, `'\\''`)}'`;
}

/** The command that runs a script, given its path relative to the project. */
export function commandFor(path: string): string {
  const interpreter = INTERPRETERS[PathExt.extname(path).toLowerCase()];
  // A leading dash would be read as an option.
  const safe = path.startsWith('-') ? `./${path}` : path;
  return `${interpreter} ${shellQuoted(safe)}`;
}

/** Absolute path of a file browser's path; drives like "RTC:" show the same files. */
export function absolutePath(path: string, workspace: IWorkspace): string {
  const local = path.replace(/^[^/:]*:/, '').replace(/^\/+/, '');
  return `${workspace.project.server_root.replace(/\/+$/, '')}/${local}`;
}

/** The path relative to the project; null if the file is not in it. */
export function projectPath(
  path: string,
  workspace: IWorkspace
): string | null {
  const root = workspace.project.value.replace(/\/+$/, '') + '/';
  const absolute = absolutePath(path, workspace);
  return absolute.startsWith(root) ? absolute.slice(root.length) : null;
}

function trimmed(name: string, length: number): string {
  return name.slice(0, length).replace(/-+$/, '');
}
