import { IRevision } from '../../tokens';

type Change = NonNullable<IRevision['changes']>[number];

/** What going back from the newest revision to another one would set otherwise. `revisions`:
 * newest first, without a gap down to it. */
export function broughtBack(
  revisions: readonly IRevision[],
  number: number
): Change[] {
  const brought = new Map<string, Change>();
  // From the newest on down, each change is taken back.
  for (const revision of revisions) {
    if (revision.number <= number) {
      break;
    }
    for (const { name, before, after } of revision.changes ?? []) {
      const known = brought.get(name);
      const now = known ? known.before : after;
      brought.set(name, { name, before: now, after: before });
    }
  }
  return [...brought.values()].filter(({ before, after }) => before !== after);
}

/** Whether its files are other ones than those of another revision; with the project as it is,
 * they always are those of now. */
export function hasOtherCode(one: IRevision, other: IRevision): boolean {
  return one.commit !== other.commit || one.snapshot !== other.snapshot;
}
