import { expect, test } from 'vitest';
import { accountCommand, shellWord } from '../../../cli/shell-word.ts';

test.each([
  ['acme-1', 'acme-1'],
  [`o'neil; rm`, `'o'\\''neil; rm'`],
  ['', "''"],
])('%j is written %s for a shell', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test.each([
  ['acme', [], 'siem-export verify acme'],
  ['acme', ['--format json'], 'siem-export verify acme --format json'],
  ['-acme', [], 'siem-export verify -- -acme'],
  ['--acme b', ['--format json', '--yes'], "siem-export verify --format json --yes -- '--acme b'"],
])('a command for the account %j with the options %j can be pasted', (accountId, options, command) => {
  expect(accountCommand('siem-export verify', accountId, ...options)).toBe(command);
});
