const isoUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Whether a value is a date in the delivered form, ISO 8601 in UTC with milliseconds. */
export function isReadableDate(value: unknown): value is string {
  return typeof value === 'string' && isoUtc.test(value) && !Number.isNaN(Date.parse(value));
}
