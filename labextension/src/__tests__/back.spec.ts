import { broughtBack, hasOtherCode } from '../deployments/tab/back';
import { IRevision } from '../tokens';

function revision(
  number: number,
  changes: [string, string | null, string | null][] | null,
  code: Partial<IRevision> = {}
): IRevision {
  return {
    number,
    how: 'restart',
    origin: null,
    by: 'ana',
    created_at: '2026-01-01T00:00:00.000Z',
    wanted: false,
    in_service: false,
    command: 'serve',
    scale: 1,
    source: 'live',
    reference: null,
    commit: null,
    snapshot: null,
    changes:
      changes &&
      changes.map(([name, before, after]) => ({ name, before, after })),
    ...code
  };
}

describe('broughtBack', () => {
  const revisions = [
    revision(4, [['scale', '2', '3']]),
    revision(3, [
      ['command', 'b', 'c'],
      ['scale', '1', '2']
    ]),
    revision(2, [['command', 'a', 'b']]),
    revision(1, null)
  ];

  it('takes back every change since, each once', () => {
    expect(broughtBack(revisions, 1)).toEqual([
      { name: 'scale', before: '3', after: '1' },
      { name: 'command', before: 'c', after: 'a' }
    ]);
    expect(broughtBack(revisions, 3)).toEqual([
      { name: 'scale', before: '3', after: '2' }
    ]);
  });

  it('leaves out what was changed and changed back', () => {
    const changed = [
      revision(3, [['command', 'b', 'a']]),
      revision(2, [['command', 'a', 'b']]),
      revision(1, null)
    ];
    expect(broughtBack(changed, 1)).toEqual([]);
  });

  it('takes away what there was none of', () => {
    const changed = [
      revision(3, [['start_script', null, 'late']]),
      revision(2, [['start_script', 'early', null]]),
      revision(1, null)
    ];
    expect(broughtBack(changed, 2)).toEqual([
      { name: 'start_script', before: 'late', after: null }
    ]);
    expect(broughtBack(changed, 1)).toEqual([
      { name: 'start_script', before: 'late', after: 'early' }
    ]);
  });
});

describe('hasOtherCode', () => {
  it('compares commits and frozen copies', () => {
    const live = revision(1, null);
    expect(hasOtherCode(live, revision(2, []))).toBe(false);
    expect(hasOtherCode(live, revision(2, [], { commit: 'abc' }))).toBe(true);
    expect(hasOtherCode(live, revision(2, [], { snapshot: 'abc' }))).toBe(true);
  });
});
