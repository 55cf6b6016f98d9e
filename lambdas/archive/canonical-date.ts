/** `2026-11-22T18:30:00.000Z`: the form of a date in which it is delivered. */
export const canonicalDateLength = 24;

const form = Buffer.from('0000-00-00T00:00:00.000Z');
const zero = 0x30;
// 29 February depends on the year; whoever asks takes the long way then.
const lastDays = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True only if the bytes at an offset are a date of the calendar in that form; a few such are not recognised. */
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
