import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { accountCommand, shellWord } from '../../../../cli/terminal/shell-word.ts';

test.each([
  ['acme-1', 'acme-1'],
  [`o'neil; rm`, `"o'neil; rm"`],
  ['', "''"],
  ['müller', 'müller'],
  ['a b', "'a b'"],
  ["a\u001b[31m\n'\\b\u009b", "$'a\\U0000001b[31m\\U0000000a\\'\\\\b\\U0000009b'"],
])('%j is written %s for a shell', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test('a word that would steer a terminal is the same to a shell', () => {
  const text = "-a\u001b[31m\n'\\b\u009b\u202e🚀";
  const { stdout } = spawnSync('bash', ['-c', `printf %s ${shellWord(text)}`], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  expect(String(stdout)).toBe(text);
});

test.each([
  ['acme', [], 'siem-export verify acme'],
  ['acme', ['--format json'], 'siem-export verify acme --format json'],
  ['-acme', [], 'siem-export verify -- -acme'],
  ['--acme b', ['--format json', '--yes'], "siem-export verify --format json --yes -- '--acme b'"],
])('a command for the account %j with the options %j can be pasted', (accountId, options, command) => {
  expect(accountCommand('siem-export verify', accountId, ...options)).toBe(command);
});
