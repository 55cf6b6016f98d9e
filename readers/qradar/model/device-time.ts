/** The letters of a format that Joda-Time and Java's SimpleDateFormat read alike. */
const letters: Record<string, string> = {
  yyyy: '(?<year>\\d{4})',
  MM: '(?<month>\\d{2})',
  dd: '(?<day>\\d{2})',
  HH: '(?<hour>\\d{2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
  SSS: '(?<fraction>\\d{3})',
  // SimpleDateFormat does not read the letter Z of ISO 8601 here; Joda-Time does.
  Z: '(?<zone>[+-]\\d{4})',
};

/**
 * The instant of a text in a format for `ext-data`, as ISO 8601 in UTC; `undefined` if the text has another form.
 *
 * @throws TypeError if the format has letters that one of the two libraries does not know, or reads otherwise
 */
export function deviceTime(text: string, format: string): string | undefined {
  const parts: readonly string[] = /^(?:'[^']*'|([A-Za-z])\1*|[^A-Za-z'])+$/.test(format)
    ? (format.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']/g) ?? [])
    : [];
  const pattern = parts.map(part => {
    if (part.startsWith("'")) return part.slice(1, -1);
    if (/^[A-Za-z]/.test(part)) return letters[part] ?? unknown(part);
    return part.replace(/\W/, String.raw`\$&`);
  });
  if (parts.length === 0 || !parts.includes('Z'))
    throw new TypeError(`no format with a time zone: ${format}`);
  const groups = new RegExp(`^${pattern.join('')}$`).exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { year, month, day, hour, minute, second, fraction, zone } = groups;
  const instant = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}${zone}`);
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString();
}

function unknown(part: string): never {
  throw new TypeError(`unknown letters in a date format: ${part}`);
}
