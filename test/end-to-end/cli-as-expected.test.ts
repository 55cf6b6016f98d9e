import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runHere } from './command-line.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-expected-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('help shows the command that it is asked for, however deep it is', async () => {
  const { exitCode, output } = await runHere(['help', 'account', 'add']);
  expect(exitCode).toBe(0);
  expect(output).toBe((await runHere(['account', 'add', '--help'])).output);
  expect((await runHere(['help'])).output).toBe((await runHere(['--help'])).output);
  const unknown = await runHere(['help', 'account', 'ad']);
  expect(unknown).toMatchObject({ exitCode: 2, errors: expect.stringContaining("unknown command 'ad'") });
});

test.each([
  [['--help']],
  [['account', 'add', '--help']],
  [['verify', '--help']],
  [['cost']],
  [['account', 'import']],
])('in 40 columns %j breaks no word, and no line is too long that has two', async words => {
  const [narrow, wide] = [await runHere(['--columns', '40', ...words]), await runHere(words)];
  const wordsOf = (text: string) => text.replaceAll('\\\n', '\n').split(/\s+/).filter(Boolean).sort();
  const known = new Set(wordsOf(wide.output + wide.errors));
  for (const word of wordsOf(narrow.output + narrow.errors)) expect(known).toContain(word);
  for (const line of (narrow.output + narrow.errors).split('\n'))
    if (/\S\s+\S/.test(line.replace(/ \\$/, ''))) expect(stringWidth(line)).toBeLessThanOrEqual(40);
});

test.each([
  ['--accounts', '2.5'],
  ['--accounts', '-1'],
  ['--rows', '1e6'],
  ['--rows', '1,000'],
  ['--egress-addresses', '0.5'],
  ['--columns', '40.5'],
])('%s %s is refused: it counts something', async (option, value) => {
  expect(await runHere(['cost', option, value])).toMatchObject({
    exitCode: 2,
    errors: expect.stringContaining('Expected a whole number'),
  });
});

test('a script that completes commands is printed as JSON, too', async () => {
  const { output } = await runHere(['completion', 'bash', '--json']);
  expect(JSON.parse(output).script).toContain('complete -F _siem_export siem-export');
});

test('a share, and a mean of windows, may be a fraction', async () => {
  for (const more of [[], ['--json'], ['--accounts', '0', '--json']])
    expect(await runHere(['cost', '--with-secret', '0.5', '--windows', '182.5', ...more])).toMatchObject({
      exitCode: 0,
    });
});

test.each([
  ['{"pid": 1,', 'it is not JSON'],
  ['', 'it is empty'],
  ['{"pid": 1}', 'it lacks clockAhead'],
  ['[]', 'it lacks'],
  [Buffer.from('\ufeff{}', 'utf16le'), 'it is UTF-16'],
])('a state file with %j is named as what it is', async (content, what) => {
  const path = join(folder, 'state.json');
  await writeFile(path, content);
  const { exitCode, errors } = await runHere(['--local', '--state-file', path, 'status']);
  expect({ exitCode, errors }).toEqual({ exitCode: 2, errors: expect.stringContaining(what) });
  expect(errors).toContain(path);
  expect(errors).not.toContain('not running');
});

test('a state file that is not there says that local mode does not run', async () => {
  const words = ['--local', '--state-file', join(folder, 'nowhere.json'), 'status'];
  expect(await runHere(words)).toMatchObject({
    exitCode: 3,
    errors: expect.stringContaining('Local mode is not running'),
  });
});
