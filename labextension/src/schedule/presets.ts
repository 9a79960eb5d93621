/** Schedules that most jobs need, and the cron expressions that say them. */

export const PRESETS = ['hour', 'day', 'weekdays', 'week', 'month'] as const;

export interface IPreset {
  kind: (typeof PRESETS)[number];
  minute: number;
  /** Of no account every hour. */
  hour: number;
  /** 0 is Sunday; of account every week only. */
  weekday: number;
}

/** Six in the morning, on Mondays if weekly: where nothing else is known. */
export const MORNING: IPreset = { kind: 'day', minute: 0, hour: 6, weekday: 1 };

const DESCRIPTORS: { [name: string]: string } = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *'
};
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The expression that says a preset. */
export function expressionOf(preset: IPreset): string {
  const { kind, minute, hour, weekday } = preset;
  switch (kind) {
    case 'hour':
      return `${minute} * * * *`;
    case 'day':
      return `${minute} ${hour} * * *`;
    case 'weekdays':
      return `${minute} ${hour} * * 1-5`;
    case 'week':
      return `${minute} ${hour} * * ${weekday}`;
    case 'month':
      return `${minute} ${hour} 1 * *`;
  }
}

/** The preset that an expression says; null if it is none, valid or not. */
export function presetOf(expression: string): IPreset | null {
  const text = expression.trim();
  const fields = (DESCRIPTORS[text] ?? text).split(/\s+/);
  const [minute, hour] = fields.map(field => numberOf(field));
  if (fields.length !== 5 || minute === null || minute > 59) {
    return null;
  }
  const [, hours, day, month, weekday] = fields;
  if (month !== '*') {
    return null;
  }
  if (hours === '*') {
    return day === '*' && weekday === '*'
      ? { ...MORNING, kind: 'hour', minute }
      : null;
  }
  if (hour === null || hour > 23) {
    return null;
  }
  const at = { ...MORNING, minute, hour };
  if (day === '1' && weekday === '*') {
    return { ...at, kind: 'month' };
  }
  if (day !== '*') {
    return null;
  }
  if (weekday === '*') {
    return { ...at, kind: 'day' };
  }
  if (weekday === '1-5' || weekday.toLowerCase() === 'mon-fri') {
    return { ...at, kind: 'weekdays' };
  }
  const named = WEEKDAYS.indexOf(weekday.toLowerCase());
  const number = named >= 0 ? named : numberOf(weekday);
  return number !== null && number <= 6
    ? { ...at, kind: 'week', weekday: number }
    : null;
}

/** What a field of one number says; null if it says anything else. */
function numberOf(field: string): number | null {
  return /^\d{1,2}$/.test(field) ? Number(field) : null;
}
