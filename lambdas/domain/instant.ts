/** An instant in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** The instant as ISO 8601 in UTC with milliseconds, `2026-11-22T18:30:00.000Z`. */
export function toIso(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** The instant in UTC in the compact form of object keys, without fractions of a second: `20261122T183000Z`. */
export function toCompact(instant: Instant): string {
  return `${toIso(instant).slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}
