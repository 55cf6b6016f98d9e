import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readImportFile } from '../../../../../../cli/commands/account/import/import-file.ts';
import type { Input } from '../../../../../../cli/terminal/terminal.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-import-'));
});
afterAll(() => rm(folder, { recursive: true }));

const secrets = { prefix: 'siem-export/dev/', nameFor: (id: string) => `siem-export/dev/${id}` };
const check = { now: Date.now(), command: 'npx siem-export --stage dev' };
const record = (accountId: string, more = '') =>
  `{"accountId":${JSON.stringify(accountId)},"timeZone":"UTC","status":"active",` +
  `"destination":{"type":"gcs","bucket":"acme-audit"},"secretId":"siem-export/dev/shared"${more}}`;

const read = (bytes: Buffer | string) =>
  readImportFile(
    { path: '-', input: Readable.from([Buffer.from(bytes as string)]) as Input },
    secrets,
    check,
  );
const warningsOf = async (...lines: string[]) => [...(await read(lines.join('\n'))).warnings];

test('an id in Latin-1 is refused with its line, and nothing of it is shown', async () => {
  const bytes = Buffer.from(`${record('acme')}\n${record('müller')}\n`, 'latin1');
  await expect(read(bytes)).rejects.toThrow(/^Standard input cannot be read: line 2 is not UTF-8/);
});

test('a file in UTF-16 is called so', async () => {
  const path = join(folder, 'utf16.jsonl');
  await writeFile(path, Buffer.from(`\ufeff${record('acme')}\r\n`, 'utf16le'));
  const reading = readImportFile({ path, input: Readable.from([]) as Input }, secrets, check);
  await expect(reading).rejects.toThrow(/utf16\.jsonl cannot be read: it is UTF-16 \(little-endian\)/);
});

test('a byte-order mark, CRLF and raw U+2028 in a value are right', async () => {
  const { lines, faults } = await read(`\ufeff${record('ac\u2028me')}\r\n${record('b\u0085')}`);
  expect(faults).toEqual([]);
  expect(lines.map(({ line, account }) => [line, account.accountId])).toEqual([
    [1, 'ac\u2028me'],
    [2, 'b\u0085'],
  ]);
});

test('a key twice in a line is warned of, inside the destination too, and a secret in its place is not shown', async () => {
  expect(
    await warningsOf(record('acme', ',"timeZone":"Asia/Tokyo","format":"json","format":"ndjson"')),
  ).toEqual([
    ['`timeZone` is given twice; the last value is used', [1]],
    ['`format` is given twice; the last value is used', [1]],
  ]);
  const warnings = await warningsOf(record('acme', ',"wJalr XUtn/FEMI":1,"wJalr XUtn/FEMI":1'));
  expect(warnings.map(([text]) => text)).toContain('a key is given twice; the last value is used');
  expect(JSON.stringify(warnings)).not.toContain('wJalr');
});

test.each([
  ['accents together and apart', 'm\u00fcller', 'mu\u0308ller'],
  ['a zero-width space', 'acme', 'ac\u200bme'],
  ['a mark of direction', 'acme', '\u202eacme'],
  ['capital letters', 'acme', 'Acme'],
  ['wide letters', 'acme', 'ａcme'],
  ['a space at its end', 'acme', 'acme '],
])('ids that differ by %s only are warned of', async (_, one, other) => {
  const { lines, warnings } = await read(`${record(one)}\n${record(other)}`);
  expect(lines).toHaveLength(2);
  expect([...warnings]).toContainEqual([
    'the account’s id looks like that of line 1, but is a different one',
    [2],
  ]);
});
