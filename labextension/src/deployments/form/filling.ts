import { IFrameworks } from '../../tokens';

export type Framework = IFrameworks['frameworks'][number];

/** Whether a command was filled in, or is still to be: it may be filled in anew then. */
export function isFilled(
  command: string,
  frameworks: readonly Framework[]
): boolean {
  return !command.trim() || frameworks.some(each => each.command === command);
}

/** Which framework's command it is, null for none's. Where several have the same one, it is that
 * which was `chosen`, or else `recognised`. */
export function frameworkOf(
  command: string,
  { frameworks, recognised }: IFrameworks,
  chosen: string | null
): string | null {
  const ids = frameworks
    .filter(each => each.command === command)
    .map(({ id }) => id);
  return (
    [chosen, recognised].find(id => id !== null && ids.includes(id)) ??
    ids[0] ??
    null
  );
}
