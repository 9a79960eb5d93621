import { nullTranslator } from '@jupyterlab/translation';

import { expressionOf, MORNING, presetOf, PRESETS } from '../schedule/presets';
import { standing } from '../schedule/words';
import { IEngine, IRecipe } from '../tokens';

const trans = nullTranslator.load('');
const NOW = Date.parse('2026-06-15T12:00:00Z');

describe('presets', () => {
  it.each(PRESETS)('of kind %s are found in what they say', kind => {
    const preset = { ...MORNING, kind, minute: 45 };
    expect(presetOf(expressionOf(preset))).toEqual(preset);
  });

  it.each([
    ['0 6 * * *', 'day', 6],
    ['@daily', 'day', 0],
    [' 5  17 * *\tMON-FRI ', 'weekdays', 17],
    ['0 6 * * mon', 'week', 6],
    ['0 6 1 * *', 'month', 6]
  ])('are found in %p', (expression, kind, hour) => {
    expect(presetOf(expression)).toMatchObject({ kind, hour });
  });

  it.each([
    '',
    '0 6 * *',
    '0 0 6 * * *',
    '60 6 * * *',
    '0 24 * * *',
    '*/5 * * * *',
    '0 6 * * 7',
    '0 6 1 * 1',
    '0 6 2 * *',
    '0 6 * 1 *',
    '0 * 1 * *',
    '@every 1h'
  ])('are not found in %p', expression => {
    expect(presetOf(expression)).toBeNull();
  });
});

describe('standing', () => {
  const engine: IEngine = { pid: 1, kind: 'server', here: true };
  const since = '2026-06-15T11:30:00Z';
  const recipe = (state: object, suspended = false) =>
    ({
      spec: { 'x-jupyter': { suspended } },
      state: {
        'x-jupyter': {
          next_fire: '2026-06-15T16:30:00Z',
          schedule: {
            words: 'every day at 16:30, UTC',
            overdue_since: null,
            last_slot: null,
            ...state
          }
        }
      }
    }) as unknown as IRecipe;
  const words = (of: IRecipe, by: IEngine | null = engine) =>
    standing(of, by, NOW, trans)!.next;

  it('says how far off the next run is', () => {
    expect(words(recipe({}))).toBe('next in 4 h');
  });

  it('says that a schedule is off', () => {
    expect(words(recipe({ overdue_since: since }, true))).toBe('off');
  });

  it('says that nobody is there, only if nobody is', () => {
    const late = recipe({ overdue_since: since });
    expect(words(late)).toMatch(/^overdue since \S+( [AP]M)?$/);
    expect(words(late, null)).toMatch(/: nobody runs schedules now$/);
  });

  it('says what a slot waits for', () => {
    const last_slot = {
      scheduled_for: since,
      outcome: 'skipped',
      reason: 'run 4 was still running'
    };
    const waits = recipe({ overdue_since: since, last_slot });
    expect(words(waits)).toMatch(/^waiting since .*: run 4 was still running$/);
  });
});
