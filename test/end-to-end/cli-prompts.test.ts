import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeMessage } from '../../lambdas/domain/export-message.ts';
import { bucketRegion, buckets } from '../../local/tour/customers.ts';
import { startWorld, type World } from '../../local/tour/world.ts';
import { converse as converseWith } from './converse.ts';

let world: World;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-prompts-'));
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  world = await startWorld({ stateFile: join(folder, 'local.json'), log, ownTime: false });
});

afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

const converse = (command: string, answers: Parameters<typeof converseWith>[1]) =>
  converseWith(['--local', '--state-file', join(folder, 'local.json'), ...command.split(' ')], answers);

test('adding an account asks for what is missing, again where an answer cannot be right, and hides the secret', async () => {
  const { accessKeyId, secretAccessKey } = world.credentials.s3;
  const { exitCode, said, shown, unasked } = await converse('account add', [
    ['Account id:', 'acme\r'],
    ['Berlin):', 'Mars\r'],
    ['Berlin):', 'Europe/Berlin\r'],
    ['Splunk', 'other\r'],
    ['Amazon S3', '\r'],
    ['Bucket:', `${buckets.s3}\r`],
    ['bucket:', `${bucketRegion}\r`],
    ['access key):', '\r'],
    ['type it in):', 'nowhere.json\r'],
    ['type it in):', '\r'],
    ['Access key id:', `${accessKeyId}\r`],
    ['(not shown)', `${secretAccessKey}\r`],
  ]);
  expect(unasked).toEqual([]);
  expect({ exitCode, shown }).toEqual({ exitCode: 0, shown: expect.stringContaining('acme is added.') });
  expect(said).toContain('expected an IANA time zone name');
  expect(said).toContain('nowhere.json, cannot be read: there is no such file');
  expect(said + shown).not.toContain(secretAccessKey);
});

test('the storage account of a credential that is there already is proposed', async () => {
  const { accountName } = world.credentials.azure;
  await writeFile(join(folder, 'azure.txt'), world.credentials.secretOf('azure'));
  const given = `--time-zone UTC --secret-file ${join(folder, 'azure.txt')}`;
  const { exitCode, said, unasked } = await converse(`account add initech ${given}`, [
    ['Splunk', 'other\r'],
    ['Amazon S3', 'azure\r'],
    [`Storage account: [${accountName}]`, 'no name\r'],
    [`Storage account: [${accountName}]`, '\r'],
    ['Container:', `${buckets.azure}\r`],
  ]);
  expect({ exitCode, unasked }).toEqual({ exitCode: 0, unasked: [] });
  expect(said).toContain('expected the name of the storage account');
});

test('a storage account is asked for before its credential, which has to be of it', async () => {
  const secret = world.credentials.secretOf('azure');
  const { accountName } = world.credentials.azure;
  const given = `--time-zone UTC --destination azure --container ${buckets.azure}`;
  const { exitCode, said, unasked } = await converse(`account add umbrella ${given}`, [
    ['Splunk', 'other\r'],
    ['Storage account:', `${accountName}\r`],
    ['type it in):', '\r'],
    ['(not shown)', `${secret.replace(accountName, 'elsewhere')}\r`],
    ['type it in):', '\r'],
    ['(not shown)', `${secret}\r`],
  ]);
  expect({ exitCode, unasked }).toEqual({ exitCode: 0, unasked: [] });
  expect(said).toContain(`of the storage account elsewhere, and the account record names ${accountName}`);
});

test('a reader narrows the clouds to choose from, and says how its files are packed', async () => {
  await writeFile(join(folder, 'azure.txt'), world.credentials.secretOf('azure'));
  const given = `--time-zone UTC --secret-file ${join(folder, 'azure.txt')} --container ${buckets.azure}`;
  const { exitCode, said, unasked } = await converse(`account add hooli ${given}`, [
    ['Splunk', 'datadog\r'],
    ['Amazon S3', 'azure\r'],
    [/^\? Storage account: \[/, '\r'],
  ]);
  expect({ exitCode, unasked }).toEqual({ exitCode: 0, unasked: [] });
  expect(said).not.toContain('gcs');
  const { shown } = await converse('account show hooli --json', []);
  expect(JSON.parse(shown)).toMatchObject({
    record: { reader: 'datadog', compression: 'none', emptyWindows: 'skip' },
    warnings: [],
  });
});

test('an account that exists is told before the first question', async () => {
  const { exitCode, said } = await converse('account add acme', []);
  expect({ exitCode, said }).toEqual({ exitCode: 2, said: expect.stringContaining('"acme" exists already') });
});

test('an interrupted retry leaves the dead letters visible', async () => {
  const { deadLetterUrl: QueueUrl } = world.resources.exportQueue;
  const MessageBody = encodeMessage({ accountId: 'acme', tick: 0 });
  await world.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const question = 'Queue 1 export again? [y/N]';
  expect(await converse('retry', [[question, '\u0003']])).toMatchObject({ exitCode: 2, unasked: [] });

  // Another retry holds the messages at the same time.
  const held = { QueueUrl, VisibilityTimeout: 60 };
  const { Messages = [] } = await world.aws.sqs.send(new ReceiveMessageCommand(held));
  expect(Messages).toHaveLength(1);
  const { exitCode, shown } = await converse('retry', []);
  expect({ exitCode, shown }).toEqual({ exitCode: 1, shown: expect.stringContaining('1 message held') });
  await world.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const partly = await converse('retry --yes', []);
  expect(partly).toMatchObject({ exitCode: 1, shown: expect.stringContaining('✓ 1 export queued again.') });
  expect(partly.shown).toContain(
    '1 more is held by another retry, or by one that has just ended: try again in 5 minutes.',
  );
  const ReceiptHandle = Messages[0]?.ReceiptHandle;
  await world.aws.sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
  );
  expect(await converse('retry', [[question, 'y\r']])).toMatchObject({ exitCode: 0, unasked: [] });
});

test('nothing is removed unless somebody agrees, and Ctrl-C ends a question', async () => {
  const remove = 'account remove acme';
  expect(await converse(remove, [['[y/N]', 'n\r']])).toMatchObject({ exitCode: 2 });
  expect(await converse(remove, [['[y/N]', '\u0003']])).toMatchObject({
    exitCode: 2,
    said: expect.stringContaining('Cancelled: nothing was changed'),
  });
  expect(await converse(remove, [['[y/N]', 'y\r']])).toMatchObject({ exitCode: 0 });
});
