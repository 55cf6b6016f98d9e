import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleStorageAccount } from '../../local/sample/accounts.ts';
import { buckets } from '../../local/tour/customers.ts';
import { startWorld, type World } from '../../local/tour/world.ts';
import { runHere } from './command-line.ts';

const hour = 3_600_000;
const boundary = Math.floor(Date.now() / (4 * hour)) * 4 * hour;
const azure = `--time-zone UTC --destination azure --container ${buckets.azure}`;
const named = `${azure} --storage-account ${sampleStorageAccount}`;
const both = `The secret is a credential of the storage account elsewhere, and the account record names ${sampleStorageAccount}`;

let world: World;
let folder: string;
/** Valid for a container of the same name in another storage account. */
let elsewhere: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-storage-'));
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  world = await startWorld({ stateFile: join(folder, 'local.json'), log, ownTime: false });
  const secret = world.credentials.secretOf('azure');
  elsewhere = secret.replace(sampleStorageAccount, 'elsewhere');
  await writeFile(join(folder, 'azure.txt'), secret);
  await writeFile(join(folder, 'elsewhere.txt'), elsewhere);
});

afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

function cli(command: string) {
  const words = command.split(' ').map(word => word.replace('file:', `${folder}/`));
  return runHere(['--local', '--state-file', join(folder, 'local.json'), ...words], '');
}

async function json(command: string) {
  return JSON.parse((await cli(`--json ${command}`)).output);
}

async function storeSecret(SecretString: string, accountId: string): Promise<void> {
  const { secretId } = (await json(`account show ${accountId}`)).record;
  await world.aws.secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString }));
}

test('a record without its storage account is refused, and told which one the credential names', async () => {
  const refused = await cli(`account add acme ${azure} --secret-file file:elsewhere.txt`);
  expect(refused.exitCode).toBe(2);
  expect(refused.errors).toContain(
    'destination.storageAccount (--storage-account): expected the name of the storage account',
  );
  expect(refused.errors).toContain('to export there, give --storage-account elsewhere');
  const china = elsewhere.replace('core.windows.net', 'core.chinacloudapi.cn');
  await writeFile(join(folder, 'china.txt'), china);
  expect((await cli(`account add acme ${azure} --secret-file file:china.txt`)).errors).toContain(
    'give --storage-account elsewhere --azure-cloud china',
  );
  const guessed = await cli(`account add acme ${azure} --secret-file file:nothing-there.txt`);
  expect(guessed.errors).toContain('there is no such file');
});

test('a credential of another storage account is refused wherever it is given, and changes nothing', async () => {
  const wrong = '--secret-file file:elsewhere.txt';
  const added = await cli(`account add acme ${named} ${wrong}`);
  expect(added).toMatchObject({ exitCode: 2, errors: expect.stringContaining(both) });
  expect((await cli(`account add acme ${named} --secret-file file:azure.txt`)).exitCode).toBe(0);
  const rotated = await cli(`account update acme ${wrong}`);
  expect(rotated).toMatchObject({ exitCode: 2, errors: expect.stringContaining(both) });

  const { record } = await json('account show acme');
  const line = { ...record, accountId: 'imported', secretId: undefined, secret: elsewhere };
  await writeFile(join(folder, 'accounts.ndjson'), JSON.stringify(line));
  const imported = await cli('account import file:accounts.ndjson');
  expect(imported).toMatchObject({ exitCode: 2, errors: expect.stringContaining(both) });
  for (const { errors } of [added, rotated, imported])
    expect(errors).not.toContain(world.credentials.azure.accountKey);
  expect(await json('verify acme')).toMatchObject({ verified: true });
});

test('a secret that was exchanged behind our back redirects nothing', async () => {
  await cli(`account add late ${named} --secret-file file:azure.txt`);
  await storeSecret(elsewhere, 'late');
  await world.tick(boundary);
  const [window] = (await json('deliveries acme')).windows;
  await storeSecret(elsewhere, 'acme');

  const verified = await cli('verify acme');
  expect(verified.exitCode).toBe(1);
  expect(verified.output).toContain(
    `✗ the secret is a credential for Azure Blob Storage\n    secret_invalid: ${both}`,
  );
  expect(verified.output).toContain('or, to use the other storage account:');
  const again = await cli(`redeliver acme --window ${window.end}`);
  expect(again).toMatchObject({ exitCode: 1, errors: expect.stringContaining(`secret_invalid: ${both}`) });

  // The exporter reports the same failure as the commands.
  expect((await json('account show late')).lastError).toMatchObject({
    code: 'secret_invalid',
    message: expect.stringContaining(both),
  });
  await storeSecret(world.credentials.secretOf('azure'), 'acme');
});

test('another storage account is another place, which only the record decides', async () => {
  expect((await json('account show acme')).destination).toBe(
    `azure://${sampleStorageAccount}/${buckets.azure}`,
  );
  const [window] = (await json('deliveries acme')).windows;
  const moved = await cli('account update acme --storage-account elsewhere');
  expect(moved.exitCode).toBe(0);
  expect(moved.output).toContain(
    `cannot be used: The secret is a credential of the storage account ${sampleStorageAccount}, and the account record names elsewhere`,
  );
  expect((await json('account show acme')).destination).toBe(`azure://elsewhere/${buckets.azure}`);
  const again = await cli(`redeliver acme --window ${window.end}`);
  expect(again).toMatchObject({
    exitCode: 2,
    errors: expect.stringContaining(`was delivered to azure://${sampleStorageAccount}/${buckets.azure}`),
  });
});

test('a record of before, which names none, is told what to put there', async () => {
  const { record } = await json('account show late');
  const { storageAccount: _, ...destination } = record.destination;
  const TableName = world.resources.environments.exporter.ACCOUNTS_TABLE;
  const Item = marshall({ ...record, accountId: 'old', destination });
  await world.aws.dynamodb.send(new PutItemCommand({ TableName, Item }));
  const verified = await cli('verify old');
  expect(verified.output).toContain('destination.storageAccount: expected the name of the storage account');
  expect(verified.output).toContain('account update old --storage-account <value>');
});
