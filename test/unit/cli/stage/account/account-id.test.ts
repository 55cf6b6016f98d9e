import { expect, test } from 'vitest';
import {
  checkAccountId,
  idWarnings,
  otherSpellings,
  quotedId,
} from '../../../../../cli/stage/account/account-id.ts';

test.each(['a', 'müller/söhne', '-x', ' acme ', 'x'.repeat(2048), '🚀'.repeat(512)])(
  'an account may be looked for by the id %j',
  accountId => {
    expect(() => checkAccountId(accountId)).not.toThrow();
  },
);

test.each([
  ['', 'An account’s id has 1 to 128 characters: this one is empty'],
  ['x'.repeat(2049), 'An account’s id has 1 to 128 characters: this one has 2,049'],
  ['🚀'.repeat(513), 'An account’s id has 1 to 128 characters: this one has 513'],
])('no table holds the id %j', (accountId, message) => {
  expect(() => checkAccountId(accountId)).toThrow(expect.objectContaining({ code: 'usage', message }));
});

test.each([
  ['acme', []],
  ['ac me', []],
  ['acme ', ['the account’s id ends with a space, which is easily lost when it is copied']],
  ['\u00a0acme', ['the account’s id begins with a space, which is easily lost when it is copied']],
  [' acme\t', ['the account’s id begins and ends with a space, which is easily lost when it is copied']],
  ['m\u00fcller', []],
  ['👨‍👩‍👧 ❤️', []],
  [
    'ac\u200bme\u202e',
    [
      'the account’s id contains invisible characters or characters that change the text direction: U+200B, U+202E',
    ],
  ],
  [
    '\u00adacme\ufe0f',
    [
      'the account’s id contains invisible characters or characters that change the text direction: U+00AD, U+FE0F',
    ],
  ],
  [
    'mu\u0308ller',
    ['the account’s id has separate accents (Unicode NFD): the same id from a keyboard is a different one'],
  ],
])('of the id %j it is told %j', (accountId, warnings) => {
  expect(idWarnings(accountId)).toEqual(warnings);
});

test('an id in an error stays one line, and steers no terminal', () => {
  expect(quotedId('a"\u001b[31m\u009b\u202e')).toBe('"a\\"\\u001b[31m\\u{9b}\\u{202e}"');
});

test.each([
  ['mu\u0308ller', ['m\u00fcller']],
  ['m\u00fcller', ['mu\u0308ller']],
  ['ac\u200bme ', ['acme ', 'acme']],
  ['acme', []],
])('an account that looks like %j may be known as %j', (accountId, others) => {
  expect(otherSpellings(accountId)).toEqual(others);
});
