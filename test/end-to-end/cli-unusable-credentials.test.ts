/** Credentials and import files that can never work must be refused when they are given. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleStorageAccount } from '../../local/sample/accounts.ts';
import { buckets } from '../../local/tour/customers.ts';
import { startWorld, type World } from '../../local/tour/world.ts';
import { runHere } from './command-line.ts';

const azure = { type: 'azure', storageAccount: sampleStorageAccount, container: buckets.azure };
const gcs = { type: 'gcs', bucket: buckets.gcs };
const record = (destination: object) => ({
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination,
});

let world: World;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-unusable-'));
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  world = await startWorld({ stateFile: join(folder, 'local.json'), log, ownTime: false });
  await writeFile(join(folder, 'good.txt'), world.credentials.secretOf('azure'));
  const options = `--destination azure --storage-account ${sampleStorageAccount} --container ${buckets.azure}`;
  await cli(`account add globex --time-zone UTC ${options} --secret-file ${join(folder, 'good.txt')}`);
});

afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

const cli = (command: string, typed = '') =>
  runHere(['--local', '--state-file', join(folder, 'local.json'), ...command.split(' ')], typed);

/** The error messages of every command that takes a credential. */
async function refusals(destination: typeof azure | typeof gcs, secret: string) {
  await writeFile(join(folder, 'bad.txt'), secret);
  const place =
    'container' in destination
      ? `--destination azure --storage-account ${destination.storageAccount} --container ${destination.container}`
      : `--destination gcs --bucket ${destination.bucket}`;
  const line = JSON.stringify({ ...record(destination), secret });
  return Promise.all([
    cli(`account add acme --time-zone UTC ${place} --secret-file ${join(folder, 'bad.txt')}`),
    cli(`account update globex ${place} --secret-file ${join(folder, 'bad.txt')}`),
    cli('account import -', line),
    cli('account import - --check', line),
  ]);
}

test('an account key that is short by two characters is refused wherever it is given', async () => {
  const secret = world.credentials.secretOf('azure').replace(/(AccountKey=[^;]*)..;/, '$1;');
  for (const { exitCode, errors } of await refusals(azure, secret))
    expect({ exitCode, errors }).toEqual({
      exitCode: 2,
      errors: expect.stringContaining('expected 64 bytes'),
    });
});

test('a key of a service account with spaces for newlines is refused wherever it is given', async () => {
  const file = JSON.parse(world.credentials.secretOf('gcs'));
  const secret = JSON.stringify({ ...file, private_key: file.private_key.trim().replaceAll('\n', ' ') });
  for (const { exitCode, errors } of await refusals(gcs, secret))
    expect({ exitCode, errors }).toEqual({
      exitCode: 2,
      errors: expect.stringContaining('spaces instead of line breaks'),
    });
});

test('verify says of a secret that another tool has stored what it is', async () => {
  const SecretString = `"${world.credentials.secretOf('azure')}"`;
  const secretId = 'siem-export/local/quoted';
  await world.aws.secrets.send(new CreateSecretCommand({ Name: secretId, SecretString }));
  await cli('account import -', JSON.stringify({ ...record(azure), accountId: 'quoted', secretId }));
  expect(await cli('verify quoted')).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining('it is in quotation marks: store the text between them'),
  });
});

test.each([
  ['pretty-printed', JSON.stringify(record(gcs), null, 2)],
  ['CSV', 'accountId,timeZone\nacme,UTC\n'],
  [
    'is a credential: expected account records',
    '{"type": "service_account",\n"private_key": "-----BEGIN PRIVATE KEY-----"}',
  ],
])('an import file of another form is reported once: %s', async (told, text) => {
  const { exitCode, errors } = await cli('account import -', text);
  expect({ exitCode, errors }).toEqual({ exitCode: 2, errors: expect.stringContaining(told) });
  expect(errors.trimEnd().split('\n')).toHaveLength(1);
});
