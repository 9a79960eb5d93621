import { PathExt } from '@jupyterlab/coreutils';

const KEPT = /^\.saturn\/[^/]+$/;

/** Whether a path of the file browser may be a file of recipes: any YAML, and JSON where recipes
 * are kept. */
export function isRecipeFile(path: string): boolean {
  const extension = PathExt.extname(path).toLowerCase();
  return (
    ['.yaml', '.yml'].includes(extension) ||
    (extension === '.json' && /(^|[/:])\.saturn\/[^/]+$/.test(path))
  );
}

/** Whether a path relative to the project is that of a file which is listed anyway. */
export function isKept(path: string | null): boolean {
  return path !== null && KEPT.test(path);
}
