import { cut } from './table.ts';

const longestName = 40;

/** A line as it is: without what would steer a terminal. */
export function printableLine(line: string): string {
  return line.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cn}\p{Zl}\p{Zp}]/gu,
    character => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/**
 * A name as it is shown to people: on one line, without what would steer a terminal, and not too long; in quotes where
 * it begins or ends with a space, which would not be seen.
 */
export function displayName(name: string, longest = longestName): string {
  const shown = printableLine(name);
  return cut(/^\s|\s$/u.test(shown) ? `"${shown}"` : shown, longest);
}
