/** A well-formed row of the audit log, and the JSON line that must be delivered for it. */
export interface Row {
  readonly recordedAt: string;
  readonly values: Readonly<Record<string, string>>;
  readonly line: string;
}

/** @param recordedAt an instant with milliseconds, `2025-03-03T14:30:00.000Z` */
export function rowAt(recordedAt: string, id = 'a'): Row {
  const values = {
    date: recordedAt,
    email: `ada+${id}@example.com`,
    action: 'Signed in',
    actionId: 'auth.sign_in',
    description: `Größe "${id}" \\ done`,
    ipAddress: '2001:db8::1',
  };
  const line = `{"Date":"${recordedAt}","Email":"ada+${id}@example.com","Action":"Signed in","Action ID":"auth.sign_in","Description":"Größe \\"${id}\\" \\\\ done","IP Address":"2001:db8::1"}`;
  return { recordedAt: `${recordedAt}#${id}`, values, line };
}

/** A row at half past every hour of a span, in order. */
export function hourlyRows(from: string, hours: number): Row[] {
  const first = Date.parse(from) + 30 * 60_000;
  return Array.from({ length: hours }, (_, hour) =>
    rowAt(new Date(first + hour * 3_600_000).toISOString(), String(hour).padStart(3, '0')),
  );
}

/** The content of a file with these rows. */
export function ndjson(rows: readonly Row[]): string {
  return rows.map(({ line }) => `${line}\n`).join('');
}
