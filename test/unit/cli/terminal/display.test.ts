import { expect, test } from 'vitest';
import { displayName } from '../../../../cli/terminal/display.ts';

test.each([
  ['acme', 'acme'],
  ['ac me', 'ac me'],
  ['acme ', '"acme "'],
  [' acme', '" acme"'],
  [' ', '" "'],
  ['a\u001b[31mb\n', 'a\\u{1b}[31mb\\u{a}'],
  ['x'.repeat(41), `${'x'.repeat(39)}…`],
])('the name %j is shown as %s', (name, shown) => {
  expect(displayName(name)).toBe(shown);
});
