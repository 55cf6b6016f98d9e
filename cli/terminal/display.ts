import { cut } from './table.ts';

const longestName = 40;

/** Replaces control characters, which could manipulate the terminal. */
export function printableLine(line: string): string {
  return line.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cn}\p{Zl}\p{Zp}]/gu,
    character => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/**
 * A name for people: on one line, without control characters, and cut to a length; in quotes if it begins or ends
 * with a space, which would be invisible.
 */
export function displayName(name: string, longest = longestName): string {
  const shown = printableLine(name);
  return cut(/^\s|\s$/u.test(shown) ? `"${shown}"` : shown, longest);
}
