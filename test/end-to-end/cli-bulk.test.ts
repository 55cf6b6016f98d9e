import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../../local/tour/world.ts';
import { runHere } from './command-line.ts';

let world: World;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-bulk-'));
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  world = await startWorld({ stateFile: join(folder, 'local.json'), log, ownTime: false });
});

afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

const cli = (words: readonly string[], typed = '') =>
  runHere(['--local', '--state-file', join(folder, 'local.json'), ...words], typed);
const json = async (words: readonly string[], typed = '') =>
  JSON.parse((await cli([...words, '--json'], typed)).output);

const ids = [
  'acme',
  'müller',
  '-dash',
  ' spaced ',
  '{"brace"}',
  '東京🚀',
  ...Array.from({ length: 120 }, (_, index) => `n-${index}`),
];
const recordOf = (accountId: string) => ({
  accountId,
  timeZone: 'Asia/Kolkata',
  status: 'active',
  destination: {
    type: 's3',
    bucket: 'acme-audit',
    region: 'eu-central-1',
    roleArn: 'arn:aws:iam::444455556666:role/siem-export',
    externalId: 'an-external-id',
  },
  addOnExpiresAt: '2031-01-01T00:00:00Z',
  plan: { name: 'gold', seats: 12, tags: ['a', null, true] },
});
const lines = (values: readonly unknown[]) => values.map(value => `${JSON.stringify(value)}\n`).join('');
const put = (record: object) =>
  world.aws.dynamodb.send(
    new PutItemCommand({
      TableName: world.resources.environments.exporter.ACCOUNTS_TABLE,
      Item: marshall(record),
    }),
  );

test('a stage without an account has the same keys as any other', async () => {
  expect(await json(['status'])).toMatchObject({ accounts: 0, lastTick: null, inTrouble: [] });
  expect(await json(['account', 'list'])).toEqual([]);
  expect(await json(['verify', '--all'])).toEqual({ verified: true, accounts: [] });
});

test('what export prints, import takes: the same records are there again', async () => {
  const records = ids.map(recordOf);
  expect(await cli(['account', 'import', '-'], lines(records))).toMatchObject({ exitCode: 0 });
  const { exitCode, output, errors } = await cli(['account', 'export']);
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  const byId = (one: { accountId: string }, other: { accountId: string }) =>
    one.accountId < other.accountId ? -1 : 1;
  expect(
    output
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toEqual(records.sort(byId));
  expect(await json(['account', 'import', '-'], output)).toMatchObject({ written: 0, unchanged: ids.length });
  expect(await json(['account', 'remove', '--yes', '--from', '-'], output)).toMatchObject({
    accounts: { length: ids.length },
  });
  expect((await cli(['account', 'export'])).output).toBe('');
  expect(await json(['account', 'import', '-'], output)).toMatchObject({ written: ids.length });
  expect((await cli(['account', 'export'])).output).toBe(output);
});

test('export prints the accounts that are asked for', async () => {
  expect(await json(['account', 'export', 'müller', 'acme'])).toEqual({
    records: [recordOf('acme'), recordOf('müller')],
    leftOut: [],
  });
  expect(await json(['account', 'export', '--state', 'paused'])).toEqual({ records: [], leftOut: [] });
  expect(await cli(['account', 'export', 'nobody'])).toMatchObject({ exitCode: 2, output: '' });
});

test.each(['\n', '\r\n'])(
  'accounts are paused and resumed by a file of ids whose lines end in %j',
  async end => {
    const file = join(folder, 'ids.txt');
    await writeFile(file, `\ufeff${ids.join(end)}${end}${end}acme`);
    for (const [command, status] of [
      ['pause', 'paused'],
      ['resume', 'active'],
    ] as const) {
      expect(await json(['account', command, '--from', file])).toEqual({
        accounts: ids,
        status,
        notExported: [],
      });
      const { records } = await json(['account', 'export']);
      expect(new Set(records.map((record: { status: string }) => record.status))).toEqual(new Set([status]));
    }
  },
);

test.each([
  ['line 2 is not UTF-8', Buffer.from('acme\nm\xfcller\n', 'latin1')],
  ['UTF-16', Buffer.from('\ufeffacme\n', 'utf16le')],
  ['is empty', Buffer.from('\n\n')],
  ['"nobody"\n  "no one"', Buffer.from('acme\nnobody\nno one\n')],
  ['line 2: expected an account’s id', Buffer.from(`acme\n{"accountId": 12}\n`)],
  [
    'line 2: expected an account’s id, but this looks like a credential',
    Buffer.from('acme\nAKIAQ7EXAMPLEKEY4Z2M\n'),
  ],
])('a file of ids with a fault changes no account: %j', async (fault, content) => {
  const file = join(folder, 'faulty.txt');
  await writeFile(file, content);
  for (const command of ['pause', 'resume', 'remove']) {
    const { exitCode, errors } = await cli([
      '--json',
      'account',
      command,
      '--from',
      file,
      ...(command === 'remove' ? ['--yes'] : []),
    ]);
    expect({ exitCode, errors }).toEqual({ exitCode: 2, errors: expect.stringContaining(fault) });
    expect(errors).not.toContain('AKIAQ7');
  }
  expect(await json(['account', 'export', 'acme'])).toMatchObject({ records: [{ status: 'active' }] });
});

test('ids and a file of them, or neither, are refused', async () => {
  for (const words of [['pause'], ['pause', 'acme', '--from', 'ids.txt'], ['remove', '--yes']])
    expect(await cli(['account', ...words])).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('Which account?'),
    });
});

test('what import would refuse, JSON cannot hold or looks like a credential is left out, and told', async () => {
  await put({ ...recordOf('faulty'), timeZone: 'Mars' });
  await put({ ...recordOf('sets'), tags: new Set(['a']) });
  await put({ ...recordOf('pasted'), note: 'AKIAQ7EXAMPLEKEY4Z2M' });
  const { exitCode, output, errors } = await cli(['account', 'export', 'acme', 'faulty', 'sets', 'pasted']);
  expect(exitCode).toBe(1);
  expect(output).toBe(lines([recordOf('acme')]));
  expect(errors).toMatch(/"faulty" is left out: timeZone: /);
  expect(errors).toMatch(/"sets" is left out: .*JSON cannot represent/);
  expect(errors).toMatch(/"pasted" is left out: .*credential/);
  expect(errors).not.toContain('AKIAQ7');
  const { leftOut } = await json(['account', 'export', 'acme', 'faulty']);
  expect(leftOut).toMatchObject([{ accountId: 'faulty', faults: [expect.stringContaining('timeZone')] }]);
});
