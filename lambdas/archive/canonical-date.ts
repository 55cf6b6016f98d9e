/** The length of a date in the delivered form, `2026-11-22T18:30:00.000Z`. */
export const canonicalDateLength = 24;

const form = Buffer.from('0000-00-00T00:00:00.000Z');
const zero = 0x30;
// By month. 29 February is never recognised, because it depends on the year; the caller then parses the date fully.
const lastDays = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Whether the bytes at an offset are an existing date in the delivered form, which can then be copied unchanged. May be
 * false for such a date (29 February), but is never true for anything else.
 */
export function isCanonicalDate(body: Buffer, start: number): boolean {
  for (let index = 0; index < canonicalDateLength; index++) {
    const byte = body[start + index] as number;
    const isRight = form[index] === zero ? byte >= zero && byte <= zero + 9 : byte === form[index];
    if (!isRight) return false;
  }
  const day = twoDigits(body, start + 8);
  return (
    day >= 1 &&
    day <= (lastDays[twoDigits(body, start + 5)] ?? 0) &&
    twoDigits(body, start + 11) <= 23 &&
    twoDigits(body, start + 14) <= 59 &&
    twoDigits(body, start + 17) <= 59
  );
}

function twoDigits(body: Buffer, at: number): number {
  return ((body[at] as number) - zero) * 10 + ((body[at + 1] as number) - zero);
}
