import { TranslationBundle } from '@jupyterlab/translation';

const UNITS = ['KB', 'MB', 'GB', 'TB'];

/** A size as the sizes of machines are written, in powers of 1024: "1.2 GB", "24 GB"; "1 KB" is the
 * least but for nothing at all. */
export function bytesWords(bytes: number, trans: TranslationBundle): string {
  let size = bytes > 0 ? Math.max(1, bytes / 1024) : 0;
  let unit = 0;
  // What would be rounded to 1024 is 1 of the next unit.
  while (size >= 1023.5 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  const digits = unit > 0 && size < 9.95 ? 1 : 0;
  return trans.__('%1 %2', Number(size.toFixed(digits)), UNITS[unit]);
}
