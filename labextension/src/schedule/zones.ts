/** The time zone of whoever looks at the page. */
export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Names of time zones to choose from, the viewer's first; few where the browser knows no list. */
export function knownZones(): string[] {
  const all = Intl.supportedValuesOf?.('timeZone') ?? [];
  return [...new Set([viewerZone(), 'UTC', ...all])];
}
