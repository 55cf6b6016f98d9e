import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { DeleteItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRecordStore } from '../../cli/stage/account/record-store.ts';
import { utcTime } from '../../cli/terminal/wording.ts';
import { fileEntry } from '../../lambdas/aws/ledger-items.ts';
import { encodeMessage } from '../../lambdas/domain/export-message.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import { scheduledEvent } from '../../local/run-ticks.ts';
import { sampleStorageAccount } from '../../local/sample/accounts.ts';
import { bucketRegion, buckets } from '../../local/tour/customers.ts';
import { role, startWorld, type World } from '../../local/tour/world.ts';
import { runCommand, runHere } from './command-line.ts';

const hour = 3_600_000;
/** The last boundary in UTC: every clock here tells the true time. */
const boundary = Math.floor(Date.now() / (4 * hour)) * 4 * hour;
const minute = 60_000;

let world: World;
let folder: string;
let printed = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-cli-'));
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  world = await startWorld({ stateFile: join(folder, 'local.json'), log, ownTime: false });
  const { credentials } = world;
  await writeFile(join(folder, 's3.json'), credentials.secretOf('s3'));
  await writeFile(join(folder, 'gcs.json'), credentials.secretOf('gcs'));
  await writeFile(join(folder, 'azure.txt'), credentials.secretOf('azure'));
});

afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

async function cli(command: string, input = '') {
  const words = ['--local', '--state-file', 'local.json', ...command.split(' ')];
  const outcome = await runHere(words.map(inFolder), input);
  printed += outcome.output + outcome.errors;
  return outcome;
}

/** A process has its own working folder; a command in this one is given the whole path. */
function inFolder(word: string): string {
  return /^[^/]+\.(json|ndjson|txt|zip)$/.test(word) ? join(folder, word) : word;
}

async function json(command: string) {
  const { output } = await cli(`${command} --json`);
  return JSON.parse(output);
}

const s3 = `--time-zone UTC --destination s3 --bucket ${buckets.s3} --bucket-region ${bucketRegion}`;
const gcs = `--time-zone UTC --destination gcs --bucket ${buckets.gcs}`;
const azure = `--time-zone UTC --destination azure --storage-account ${sampleStorageAccount} --container ${buckets.azure}`;

describe('adding accounts', () => {
  test('takes a credential from a file or from standard input, and verifies it on each cloud', async () => {
    expect(await cli(`account add acme ${s3} --secret-file s3.json`)).toMatchObject({ exitCode: 0 });
    expect(await cli(`account add globex ${gcs} --secret-file gcs.json`)).toMatchObject({ exitCode: 0 });
    const azureSecret = world.credentials.secretOf('azure');
    expect(await cli(`account add initech ${azure} --secret-file -`, azureSecret)).toMatchObject({
      exitCode: 0,
    });
    for (const accountId of ['acme', 'globex', 'initech'])
      expect(await json(`verify ${accountId}`)).toMatchObject({ verified: true, accounts: [{ accountId }] });
  });

  test('by role makes up an external id, which the role must demand', async () => {
    const added = await json(`account add hooli ${s3} --role-arn ${role.roleArn}`);
    expect(added.record.destination.externalId).toMatch(/^[0-9a-f-]{36}$/);
    expect(added.customerGrant).toContain(added.record.destination.externalId);
    const refused = await cli('verify hooli');
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain('✗ the role can be assumed with its external id');
    expect(refused.output).toContain('sts:ExternalId');

    await cli(`account update hooli --external-id ${role.externalId}`);
    expect(await json('verify hooli')).toMatchObject({ verified: true });

    world.roles.set(role.roleArn, { credentials: world.credentials.s3Role });
    const unprotected = await cli('verify hooli');
    expect(unprotected.exitCode).toBe(1);
    expect(unprotected.output).toContain('✗ the role is refused without its external id');
    await cli('account remove hooli --yes');
  });

  test('stay paused, although somebody who read the record before changes it', async () => {
    const tableName = world.resources.environments.exporter.ACCOUNTS_TABLE ?? '';
    const records = createRecordStore({ client: world.aws.dynamodb, tableName });
    const read = (await records.read('globex')) ?? {};
    await cli('account pause globex');
    expect(await records.change(read, { ...read, timeZone: 'Asia/Kolkata' })).toBe(false);
    const paused = { ...read, status: 'paused' };
    expect(await records.read('globex')).toEqual(paused);
    expect(await records.change(paused, read)).toBe(true);
    // What another tool has put beside is left there.
    expect(await records.change(read, { ...read, plan: 'gold' })).toBe(true);
    expect(await records.change(read, { ...read, format: 'json' })).toBe(true);
    expect(await records.removeIfStill(read)).toBe(false);
    expect(await records.read('globex')).toEqual({ ...read, format: 'json', plan: 'gold' });
    expect(await records.change({ ...read, format: 'json', plan: 'gold' }, read)).toBe(true);
  });

  test('can be changed to a role, and to another cloud only with its credential', async () => {
    await cli(`account add hooli ${s3} --secret-file s3.json`);
    const moved = `account update hooli --destination gcs --bucket ${buckets.gcs}`;
    expect(await cli(moved)).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('holds a credential for s3, not for gcs'),
    });
    const updated = await json(`account update hooli --role-arn ${role.roleArn}`);
    expect(updated.record.destination.externalId).toMatch(/^[0-9a-f-]{36}$/);
    expect(updated.customerGrant).toContain(updated.record.destination.externalId);
    expect(await cli(`${moved} --secret-file gcs.json`)).toMatchObject({ exitCode: 0 });
    expect(await json('verify hooli')).toMatchObject({ verified: true });
    await cli('account remove hooli --yes');
  });

  test('reports every fault of a record at once and writes nothing', async () => {
    const refused = await cli(
      'account add broken --time-zone Mars/Olympus --destination s3 --bucket A --secret-file s3.json --json',
    );
    expect(refused.exitCode).toBe(2);
    const { faults } = JSON.parse(refused.output).error;
    expect(faults).toHaveLength(3);
    expect(faults[0]).toMatchObject({ line: null, accountId: 'broken' });
    for (const fault of [
      'timeZone (--time-zone): ',
      'destination.bucket (--bucket): ',
      '(--bucket-region): ',
    ])
      expect(refused.errors).toContain(fault);
    expect(await cli('account show broken')).toMatchObject({ exitCode: 2 });
  });

  test('refuses a credential of another cloud, a second account of the id, and a missing credential', async () => {
    expect((await cli(`account add other ${gcs} --secret-file s3.json`)).errors).toContain('service-account');
    expect((await cli(`account add acme ${s3} --secret-file s3.json`)).errors).toContain('already');
    expect((await cli(`account add other ${s3}`)).errors).toContain('--secret-file');
    expect(await cli(`account add other ${s3} --secret x`)).toMatchObject({ exitCode: 2 });
  });
});

describe('a destination that is wrong', () => {
  const right: Readonly<Record<string, string>> = {
    acme: `--bucket ${buckets.s3} --bucket-region ${bucketRegion} --secret-file s3.json`,
    globex: `--bucket ${buckets.gcs} --secret-file gcs.json`,
    initech: `--container ${buckets.azure} --secret-file azure.txt`,
  };

  beforeAll(async () => {
    const { credentials } = world;
    const anotherKey = Buffer.alloc(64, 'the key of another storage account').toString('base64');
    const secrets = {
      'unknown-s3.json': JSON.stringify({ ...credentials.s3, accessKeyId: 'AKIASOMEBODYELSE00AB' }),
      'unknown-gcs.json': credentials.secretOf('gcs').replace('siem-export@', 'somebody-else@'),
      'unknown-azure.txt': credentials.secretOf('azure').replace(credentials.azure.accountKey, anotherKey),
    };
    for (const [name, secret] of Object.entries(secrets)) await writeFile(join(folder, name), secret);
  });

  test.each([
    ['acme', '--bucket mistyped', 'the bucket exists', `aws s3 mb s3://mistyped --region ${bucketRegion}`],
    ['globex', '--bucket mistyped', 'the bucket exists', 'gcloud storage buckets create gs://mistyped'],
    [
      'initech',
      '--container mistyped',
      'the container exists',
      `az storage container create --name mistyped --account-name ${sampleStorageAccount}`,
    ],
    ['acme', '--secret-file unknown-s3.json', 'the credential is accepted', 'aws iam create-access-key'],
    [
      'globex',
      '--secret-file unknown-gcs.json',
      'the credential is accepted',
      'gcloud iam service-accounts enable somebody-else@',
    ],
    [
      'initech',
      '--secret-file unknown-azure.txt',
      'the credential is accepted',
      'az storage account keys list',
    ],
    [
      'acme',
      '--bucket-region us-west-2',
      'the bucket is in the region of the record',
      `account update acme --bucket-region ${bucketRegion}`,
    ],
  ])('of %s, with %s, is told at its step with the remedy', async (accountId, change, step, remedy) => {
    await cli(`account update ${accountId} ${change}`);
    const { exitCode, output } = await cli(`verify ${accountId}`);
    await cli(`account update ${accountId} ${right[accountId]}`);
    expect(exitCode).toBe(1);
    expect(output).toContain(`\n✗ ${step}\n`);
    expect(output).toMatch(new RegExp(`^    → .*${remedy}`, 'm'));
    expect(output).toContain(`Exports of ${accountId} cannot be written as things are.`);
    expect(await json(`verify ${accountId}`)).toMatchObject({ verified: true });
  });
});

test('a credential that would not be used is refused, not ignored', async () => {
  for (const other of ['--secret-id siem-export/local/shared', `--role-arn ${role.roleArn}`])
    expect(await cli(`account add hooli ${s3} --secret-file s3.json ${other}`)).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('expected one of them'),
    });
});

test('a shared secret is left alone by a new one for an account, unless it is named', async () => {
  const shared = 'siem-export/local/shared';
  const own = `siem-export/local/${Buffer.from('hooli').toString('base64url')}`;
  const wrong = JSON.stringify({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'.repeat(40) });
  const stored = async (SecretId: string) =>
    (await world.aws.secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  await world.aws.secrets.send(new CreateSecretCommand({ Name: shared, SecretString: wrong }));
  await cli(`account add hooli ${s3} --secret-id ${shared}`);
  const updated = await cli('account update hooli --secret-file s3.json');
  expect(updated.output).toContain('changed secretId, secret');
  expect(updated.output).toContain(`The secret ${shared} is left as it is: other accounts may use it`);
  expect(await stored(shared)).toBe(wrong);
  expect(await json('account show hooli')).toMatchObject({ record: { secretId: own } });
  expect(await json('verify hooli')).toMatchObject({ verified: true });

  const named = await json(`account update hooli --secret-id ${shared} --secret-file s3.json`);
  expect(named).toMatchObject({ record: { secretId: shared }, changed: ['secretId', 'secret'] });
  expect(await stored(shared)).toBe(world.credentials.secretOf('s3'));
  await cli('account remove hooli --yes');
});

test('an account that was removed can be added again, while its secret is still being deleted', async () => {
  const add = `account add hooli ${gcs} --secret-file gcs.json`;
  expect(await cli(add)).toMatchObject({ exitCode: 0 });
  expect(await cli('account remove hooli --yes')).toMatchObject({ exitCode: 0 });
  expect(await cli(add)).toMatchObject({ exitCode: 0 });
  expect(await json('verify hooli')).toMatchObject({ verified: true });
  await cli('account remove hooli --yes');
});

describe('what was delivered', () => {
  beforeAll(async () => {
    for (const accountId of ['acme', 'globex', 'initech'])
      await world.writeRows(accountId, [row(-5 * hour), row(-3 * hour), row(-2 * hour)]);
    await cli(`account update acme --export-from ${toIso(boundary - 7 * hour)}`);
    await world.tick(boundary);
  });

  test('shows in deliveries, list and show', async () => {
    const { windows, gaps } = await json('deliveries acme');
    expect(windows.map(({ records }: { records: number }) => records)).toEqual([1, 2]);
    expect(gaps).toEqual([]);
    const { output } = await cli(`deliveries acme --since ${toIso(boundary + hour)}`);
    expect(output).toContain('No window was delivered that ended at');
    const accounts = await json('account list');
    expect(accounts.map(({ state }: { state: string }) => state)).toEqual(['ok', 'ok', 'ok']);
    const row = `^acme +ok +UTC +${utcTime(boundary).replace(' UTC', '')} +s3://${buckets.s3}$`;
    expect((await cli('account list')).output).toMatch(new RegExp(row, 'm'));
    expect(await json('account show globex')).toMatchObject({ lastDelivery: { records: 2 } });
    expect((await json('plan initech')).owed).toEqual([]);
  });

  test('goes on where it stood, and says so, if an account is removed and added again', async () => {
    await cli('account remove initech --yes');
    const added = await cli(`account add initech ${azure} --secret-file azure.txt`);
    const stood = utcTime(boundary);
    expect(added.output).toContain(`exported through ${stood}: it goes on there, with every window since.`);
    expect(added.output).toContain(`due at ${utcTime(boundary + 4 * hour)}`);
    await cli('account remove initech --yes');
    const again = await json(`account add initech ${azure} --secret-file azure.txt`);
    expect(again).toMatchObject({ exportedThrough: toIso(boundary) });
  });

  test('is written again if it is lost, and refused if it is there or has changed', async () => {
    const window = `--window ${toIso(boundary)}`;
    const [file] = (await json('deliveries acme')).windows[1].files;
    expect(await json(`redeliver acme ${window}`)).toMatchObject({ files: [{ outcome: 'there already' }] });
    const before = Buffer.from(await world.customers.s3.download(file.key));
    await world.customers.s3.lose(file.key);
    expect(await json(`redeliver acme ${window}`)).toMatchObject({ files: [{ outcome: 'written' }] });
    expect(Buffer.from(await world.customers.s3.download(file.key)).equals(before)).toBe(true);

    await world.customers.s3.lose(file.key);
    await cli('account update acme --prefix elsewhere');
    expect(await cli(`redeliver acme ${window}`)).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining(`✓ ${file.key}: written again`),
    });

    await world.customers.s3.lose(file.key);
    await world.writeRows('acme', [row(-1 * hour)]);
    const changed = await cli(`redeliver acme ${window}`);
    expect(changed).toMatchObject({ exitCode: 1 });
    expect(changed.output).toContain('3 records and other bytes than the 2 records');
    const asItIsNow = await cli(`redeliver acme ${window} --as-it-is-now`);
    expect(asItIsNow).toMatchObject({ exitCode: 0, output: expect.stringContaining('written as it is now') });
    expect(asItIsNow.output).toContain('3 records and other bytes than the 2 records');
    await writeFile(join(folder, file.key.split('/').at(-1)), await world.customers.s3.download(file.key));
    const name = file.key.split('/').at(-1);
    expect(await json(`inspect ${name}`)).toMatchObject({ sound: true, records: 3, accountId: 'acme' });
    expect(await json(`inspect ${name} --ledger`)).toMatchObject({ sound: false, faults: { length: 2 } });
  });

  test('can be traced to its rows, the malformed ones with what is wrong with them', async () => {
    await world.writeRows('globex', [
      {
        recordedAt: boundary - 30 * minute,
        values: { action: 7, email: 'eva@example.com', note: 'more\u009b2J' },
      },
    ]);
    const window = `--window ${toIso(boundary)}`;
    expect(await json(`rows globex ${window}`)).toMatchObject({ rows: 3, delivered: 2, malformed: 1 });
    const { exitCode, output } = await cli(`rows globex ${window} --malformed`);
    expect(exitCode).toBe(1);
    expect(output).toContain('3 rows, 1 malformed.\n! 1 row is in no file (recorded late)\n');
    expect(output).toContain('! action: a number in the place of text');
    expect(output).toContain('"note":"more\\u{9b}2J"');
    expect(await cli(`rows globex --window ${toIso(boundary + hour)}`)).toMatchObject({ exitCode: 2 });
    for (const command of ['rows', 'redeliver'])
      expect(await cli(`${command} gobex ${window}`)).toMatchObject({
        exitCode: 2,
        errors: expect.stringContaining('There is no account "gobex"'),
      });
    expect(await cli(`rows initech ${window}`)).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('2 rows, 0 malformed.'),
    });
  });

  test('has no gap that is not shown, whichever windows are asked for', async () => {
    const lose = (end: number) =>
      world.aws.dynamodb.send(
        new DeleteItemCommand({
          TableName: world.resources.environments.exporter.LEDGER_TABLE,
          Key: { accountId: { S: 'acme' }, entry: { S: fileEntry(end, 1) } },
        }),
      );
    await lose(boundary);
    for (const since of ['', ` --since ${toIso(boundary)}`, ` --since ${toIso(boundary + hour)}`]) {
      const { exitCode, output } = await cli(`deliveries acme${since}`);
      expect({ since, exitCode }).toEqual({ since, exitCode: 1 });
      expect(output).toContain('The cursor is past windows without a row');
      expect((await json(`deliveries acme${since}`)).gaps).toHaveLength(1);
    }
    await lose(boundary - 4 * hour);
    const { exitCode, output } = await cli('deliveries acme');
    expect(exitCode).toBe(1);
    expect(output).toContain('Files were delivered of which no row is left, at least');
  });
});

describe('an export that is not to wait for its boundary', () => {
  const queued = async () => (await json('status')).queue.waiting;

  test('is queued up to the last window that has settled, and delivers what is owed', async () => {
    await cli(`account add now ${gcs} --secret-file gcs.json --export-from ${toIso(boundary - 7 * hour)}`);
    const { exitCode, output } = await cli('export now');
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^now is owed 2 windows, oldest first:\nwindow \(UTC\)/);
    expect(output).toContain('✓ Its export is queued: "npx siem-export --local');
    expect(await queued()).toBe(1);
    // The dispatcher has nothing to send at this tick again.
    await world.tick(boundary);
    expect((await json('deliveries now')).windows).toHaveLength(2);

    const again = await json('export now');
    expect(again).toEqual({
      accountId: 'now',
      queued: false,
      tick: null,
      windows: [],
      files: null,
      failures: null,
    });
    expect((await cli('export now')).output).toBe(
      `now is owed nothing now.\nIts next window ends at ${utcTime(boundary + 4 * hour)}.\n`,
    );
    expect(await queued()).toBe(0);
  });

  test('is refused for an account that gets nothing as it stands', async () => {
    const refusal = async () => {
      const { exitCode, errors } = await cli('export now');
      expect(exitCode).toBe(2);
      return errors;
    };
    await cli('account pause now');
    expect(await refusal()).toContain('now is paused: "npx siem-export --local');
    await cli('account resume now');
    await cli('account update now --add-on-expires-at 2020-01-01T00:00:00Z');
    expect(await refusal()).toContain('The add-on of now ended at 2020-01-01 00:00 UTC');
    const { ACCOUNTS_TABLE: TableName } = world.resources.environments.exporter;
    await world.aws.dynamodb.send(new PutItemCommand({ TableName, Item: marshall({ accountId: 'now' }) }));
    expect(await refusal()).toContain('The account record is not in order; nothing was changed:');
    await world.aws.dynamodb.send(new DeleteItemCommand({ TableName, Key: { accountId: { S: 'now' } } }));
    expect(await refusal()).toContain('There is no account "now"');
    expect(await queued()).toBe(0);
  });
});

test('a record with faults is shown with all of them, and with the commands that mend it', async () => {
  const { ACCOUNTS_TABLE: TableName } = world.resources.environments.exporter;
  const item = {
    accountId: 'broken',
    timeZone: 'Mars',
    status: 'on',
    destination: { type: 's3', bucket: 'A' },
  };
  await world.aws.dynamodb.send(new PutItemCommand({ TableName, Item: marshall(item) }));
  const commands =
    /account pause broken\n.*or, if it is to be exported: .*account resume broken\n.*account update broken --time-zone <value> --bucket <value> --bucket-region <value> --secret-id <value>/;
  for (const command of ['account show', 'verify']) {
    const { output } = await cli(`${command} broken`);
    expect(output).toMatch(/timeZone: .*\n.*status: .*\n.*destination\.bucket: .*\n/);
    expect(output).toMatch(commands);
  }
  const planned = await json('plan broken');
  expect(planned).toMatchObject({ state: 'invalid', reasons: { length: 5 }, owed: null });
  expect(await json('account show broken')).toMatchObject({ faults: { length: 5 }, destination: null });
  expect(await json('verify broken')).toMatchObject({
    verified: false,
    accounts: [{ steps: { length: 1 } }],
  });
  expect(await cli('plan broken')).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining(': what is owed cannot be told until the record is in order.\n'),
  });
  await world.aws.dynamodb.send(new PutItemCommand({ TableName, Item: marshall({ accountId: 'broken' }) }));
  expect((await cli('account show broken')).output).toContain('--destination <value>');
  await world.aws.dynamodb.send(new DeleteItemCommand({ TableName, Key: { accountId: { S: 'broken' } } }));
});

test('an attribute that is not known is named wherever somebody looks, and stops nothing', async () => {
  const { ACCOUNTS_TABLE: TableName } = world.resources.environments.exporter;
  await cli(`account add typo ${gcs} --secret-file gcs.json`);
  const { record } = await json('account show typo');
  const put = (item: object) =>
    world.aws.dynamodb.send(new PutItemCommand({ TableName, Item: marshall({ ...record, ...item }) }));
  await put({ adOnExpiresAt: '2020-01-01T00:00:00Z' });
  const warning = '`adOnExpiresAt` is not known and ignored; did you mean `addOnExpiresAt`?';
  const verified = await cli('verify typo');
  expect(verified).toMatchObject({ exitCode: 0, output: expect.stringContaining(warning) });
  expect(verified.output).toContain('Exports of typo can be written; 2 warnings.');
  for (const command of ['account show typo', 'account update typo --format json'])
    expect((await cli(command)).output).toContain(warning);
  expect((await json('account show typo')).warnings).toEqual([warning]);
  const doctor = await cli('doctor');
  expect(doctor.output).toContain(
    '! attributes of account records: 1 account with some that are not known\n    → npx siem-export --local',
  );

  await put({ destination: { ...record.destination, bukcet: 'x' } });
  for (const command of ['account show typo', 'verify typo'])
    expect((await cli(command)).output).toContain('did you mean `destination.bucket`?');
  expect((await cli('account update typo --format json')).errors).toContain(
    'did you mean `destination.bucket`?',
  );
  const mended = await json('account update typo --destination gcs');
  expect(mended.record.destination).toEqual(record.destination);
  await cli('account remove typo --yes');
  expect((await cli('doctor')).output).toContain('✓ attributes of account records: all are known');
});

describe('the queue', () => {
  test('gets back what was put aside, and never what is not ours', async () => {
    const { exportQueue } = world.resources;
    for (const MessageBody of [encodeMessage({ accountId: 'globex', tick: boundary }), 'nonsense'])
      await world.aws.sqs.send(new SendMessageCommand({ QueueUrl: exportQueue.deadLetterUrl, MessageBody }));
    expect(await cli('status')).toMatchObject({ exitCode: 1 });
    expect(await json('doctor')).toMatchObject({ healthy: false, mended: [] });
    expect(await json('retry')).toMatchObject({ moved: 0, messages: { length: 2 } });
    expect(await json('retry --discard-foreign')).toMatchObject({ discarded: 0, messages: { length: 2 } });
    expect(await json('retry --yes --discard-foreign')).toMatchObject({ moved: 1, discarded: 1, removed: 0 });
    expect(await json('status')).toMatchObject({ deadLetters: 0, queue: { waiting: 1 } });
    expect(await cli('retry')).toMatchObject({ exitCode: 0, output: 'Nothing was put aside.\n' });
  });
});

test('ticks that were lost are shown with their reason, and removed once a later one made up for them', async () => {
  const lost = (time: number) => JSON.stringify(scheduledEvent(time));
  const failed = JSON.stringify({
    requestContext: {
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:siem-export-local-dispatcher:$LATEST',
      condition: 'RetriesExhausted',
    },
    requestPayload: scheduledEvent(boundary),
    responsePayload: { errorMessage: 'AccessDeniedException' },
  });
  const { triggerDeadLetterUrl: QueueUrl } = world.resources;
  // A round of the watchdog that no tick of the dispatcher is after.
  const round = {
    ...scheduledEvent(boundary + hour),
    resources: ['arn:aws:events:us-east-1:000000000000:rule/siem-export-local-watch-at-40'],
  };
  for (const MessageBody of [lost(boundary - hour), failed, lost(boundary + hour), JSON.stringify(round)])
    await world.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const { exitCode, output } = await cli('retry');
  expect(exitCode).toBe(1);
  expect(output).toContain('siem-export-local-dispatcher: AccessDeniedException');
  expect(output).toContain('EventBridge could not start the function');
  expect(output).toContain(
    '4 messages left as it is. --yes removes lost ticks that a later one made up for.',
  );
  const standing = await cli('status');
  expect(standing).toMatchObject({
    exitCode: 1,
    output: expect.stringMatching(/put aside +4 lost ticks \(/),
  });
  expect(await cli('doctor')).toMatchObject({ exitCode: 1 });
  expect(await json('retry --yes')).toMatchObject({ removed: 3, ticks: { length: 4 } });
  expect(await json('retry')).toMatchObject({
    ticks: [{ of: 'dispatcher', due: toIso(boundary + hour) }],
    heldElsewhere: 0,
  });
  expect((await cli('retry --yes')).output).toContain(
    '1 message left as it is. A lost tick can be removed once a later one has made up for it.',
  );
});

describe('importing', () => {
  const line = (accountId: string, more: object = {}) =>
    JSON.stringify({
      accountId,
      timeZone: 'Asia/Tokyo',
      status: 'paused',
      destination: { type: 'gcs', bucket: buckets.gcs },
      secretFile: 'gcs.json',
      ...more,
    });

  test('of 10,000 records reports every faulty line and writes none', async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) =>
      line(`bulk-${index}`, { secretFile: undefined, secretId: 'siem-export/local/shared' }),
    );
    lines[10] = '{"accountId": "bulk-10",';
    lines[4999] = line('bulk-4999', { timeZone: 'Nowhere', destination: { type: 'ftp' } });
    lines[7000] = line('bulk-1', {});
    lines[9999] = line('acme', {});
    await writeFile(join(folder, 'bulk.ndjson'), lines.join('\n'));
    const { exitCode, output, errors } = await cli('account import bulk.ndjson --json');
    expect(JSON.parse(output).error.faults).toHaveLength(4);
    expect(exitCode).toBe(2);
    expect(errors).toContain('4 faulty lines of 10,000; nothing was written');
    expect(errors).toContain('line 11: expected a JSON object');
    expect(errors).toMatch(/line 5000 \("bulk-4999"\): .*timeZone: .*destination.type: /);
    expect(errors).toContain('line 7001 ("bulk-1"): accountId: the same as in line 2');
    expect(errors).toContain('line 10000 ("acme"): the account exists');
    const { Count } = await world.aws.dynamodb.send(
      new ScanCommand({ TableName: world.resources.environments.exporter.ACCOUNTS_TABLE, Select: 'COUNT' }),
    );
    expect(Count).toBe(3);
  });

  test('that breaks off names the line, says how far it came, and can be repeated', async () => {
    const tooLarge = line('large', { note: 'x'.repeat(500_000) });
    await writeFile(join(folder, 'broken.ndjson'), [line('small'), tooLarge].join('\n'));
    const { exitCode, output, errors } = await cli('account import broken.ndjson --json');
    expect(exitCode).toBe(4);
    expect(JSON.parse(output).error.done).toBe(1);
    expect(errors).toContain('line 2 ("large"): Item size has exceeded');
    expect(errors).toContain('1 of 2 accounts are written; once the cause is gone');
    await writeFile(join(folder, 'broken.ndjson'), [line('small'), line('large')].join('\n'));
    expect(await json('account import broken.ndjson')).toMatchObject({ written: 1, unchanged: 1 });
    for (const accountId of ['small', 'large']) await cli(`account remove ${accountId} --yes`);
  });

  test('warns of attributes that are not known, once for all lines, and stores them', async () => {
    const lines = Array.from({ length: 7 }, (_, index) => line(`tool-${index}`, { plan: 'gold' }));
    lines[2] = line('tool-2', { plan: 'gold', adOnExpiresAt: '2020-01-01T00:00:00Z' });
    await writeFile(join(folder, 'tool.ndjson'), lines.join('\n'));
    const { exitCode, output } = await cli('account import tool.ndjson --check');
    expect(exitCode).toBe(0);
    expect(output).toContain('! lines 1, 2, 3, 4, 5 and 2 more: `plan` is not known and ignored\n');
    expect(output).toContain(
      '! line 3: `adOnExpiresAt` is not known and ignored; did you mean `addOnExpiresAt`?',
    );
    await writeFile(
      join(folder, 'tool.ndjson'),
      line('tool-1', { secretFile: undefined, secretfile: 'gcs.json' }),
    );
    const refused = await cli('account import tool.ndjson');
    expect(refused).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('did you mean `secretFile`?'),
    });
  });

  test('rotates the secret of an unchanged record if it may replace', async () => {
    const wrong = JSON.parse(world.credentials.secretOf('gcs'));
    wrong.client_email = 'nobody@example.iam.gserviceaccount.com';
    await writeFile(join(folder, 'rotate.ndjson'), line('rotated', { secretFile: undefined, secret: wrong }));
    await cli('account import rotate.ndjson');
    expect(await json('verify rotated')).toMatchObject({ verified: false });
    await writeFile(join(folder, 'rotate.ndjson'), line('rotated'));
    expect(await json('account import rotate.ndjson')).toMatchObject({ written: 0, unchanged: 1 });
    expect(await json('verify rotated')).toMatchObject({ verified: false });
    const replaced = await cli('account import rotate.ndjson --replace');
    expect(replaced.output).toContain('1 account written (1 of them the secret only), 0 unchanged.');
    expect(await json('verify rotated')).toMatchObject({ verified: true });
    await cli('account remove rotated --yes');
  });

  test('writes records with their secrets, and can be repeated', async () => {
    await writeFile(join(folder, 'few.ndjson'), [line('müller/söhne'), line('saffron-🚀'), ''].join('\n'));
    expect(await json('account import few.ndjson --check')).toMatchObject({ lines: 2, written: 0 });
    expect(await json('account import few.ndjson')).toMatchObject({ written: 2, unchanged: 0 });
    expect(await json('account import few.ndjson')).toMatchObject({ written: 0, unchanged: 2 });
    expect(await json('verify saffron-🚀')).toMatchObject({ verified: true });
    expect(await cli('account resume müller/söhne saffron-🚀')).toMatchObject({ exitCode: 0 });
    expect((await json('account list --state new')).length).toBe(2);
  });
});

test('no command ever prints a secret', () => {
  const { s3: key, s3Role, azure: storage } = world.credentials;
  for (const secret of [key.secretAccessKey, s3Role.secretAccessKey, storage.accountKey, 'PRIVATE KEY'])
    expect(printed).not.toContain(secret);
});

test('what a small object cannot show is told beside it: a last failure, a pause, an audit log without rows', async () => {
  const { LEDGER_TABLE: TableName } = world.resources.environments.exporter;
  await cli(`account add hooli ${gcs} --secret-file gcs.json`);
  const fresh = await cli('verify hooli');
  expect(fresh).toMatchObject({ exitCode: 0, output: expect.stringContaining('! the audit log has rows') });
  await world.writeRows('hooli', [row(-hour)]);
  await cli('account pause hooli');
  const paused = await cli('verify hooli');
  expect(paused).toMatchObject({ exitCode: 0, output: expect.stringContaining('account resume hooli') });
  await cli('account resume hooli');
  const failed = {
    accountId: 'hooli',
    entry: 'cursor',
    exportedThrough: toIso(boundary),
    version: 1,
    lastWrite: 'failed',
    attempts: {},
    failures: 1,
    lastError: { code: 'object_exists', message: 'Something else has the key', at: toIso(boundary) },
  };
  await world.aws.dynamodb.send(new PutItemCommand({ TableName, Item: marshall(failed) }));
  const { exitCode, output } = await cli('verify hooli');
  expect(exitCode).toBe(1);
  expect(output).toContain('    → The customer moves the object away, or: npx siem-export --local');
  expect(output).toContain('Exports of hooli can be written, but the last export failed: object_exists, at');
  expect(output).toMatch(/\nWhat it is owed comes at its next boundary, or now: npx .* export hooli\n$/);
  expect(await json('verify hooli')).toMatchObject({ verified: false });
  await cli('account remove hooli --yes');
  const Key = marshall({ accountId: 'hooli', entry: 'cursor' });
  await world.aws.dynamodb.send(new DeleteItemCommand({ TableName, Key }));
});

test('several accounts are verified at once, a line for each', async () => {
  expect(await cli('verify')).toMatchObject({
    exitCode: 2,
    errors: expect.stringContaining('Which account?'),
  });
  expect(await cli('verify acme --all')).toMatchObject({ exitCode: 2 });
  expect(await cli('verify acme gobex')).toMatchObject({
    exitCode: 2,
    errors: expect.stringContaining('There is no account "gobex"'),
  });
  for (const unknown of [['gobex'], ['gobex', 'gloobex']])
    expect(await json(`verify acme ${unknown.join(' ')}`)).toMatchObject({ error: { unknown } });
  const two = await cli('verify globex initech');
  expect(two).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^✓ globex$/m) });
  expect(two.output).toMatch(/^✓ initech$/m);
  expect(two.output).toContain('2 accounts: 2 in order, 0 not.');

  await cli(`account add hooli ${gcs} --secret-id siem-export/local/nothing`);
  const all = await cli('verify --all');
  expect(all.exitCode).toBe(1);
  expect(all.output).toMatch(/^✗ hooli: the secret can be read: secret_missing: /m);
  expect(all.output).toMatch(/^6 accounts: 5 in order, 1 not\.\nWhat to do: .* verify <account>$/m);
  expect(all.output).toMatch(/^! müller\/söhne: the audit log has rows of the account: it has none/m);
  const { accounts } = await json('verify --state new');
  expect(accounts.map((each: { accountId: string }) => each.accountId)).toEqual([
    'hooli',
    'müller/söhne',
    'saffron-🚀',
  ]);
  await cli('account remove hooli --yes');
});

test('no id steers the terminal', async () => {
  await cli(`account add \u009b2Jhooli ${gcs} --secret-file gcs.json`);
  for (const command of ['plan', 'verify'])
    expect((await cli(`${command} \u009b2Jhooli`)).output).toContain('\\u{9b}2Jhooli');
  for (const command of [
    'plan',
    'verify',
    'rows --window 2026-11-22T07:00Z',
    'redeliver --window 2026-11-22T07:00Z',
  ]) {
    const { output, errors } = await cli(`${command} \u009b2Jhooli`);
    expect(output + errors).not.toContain('\u009b');
  }
  await cli('account remove \u009b2Jhooli --yes');
});

test('a folder, and a file that is empty, are not taken for trouble with AWS', async () => {
  await mkdir(join(folder, 'unpacked.zip'));
  await writeFile(join(folder, 'empty.zip'), '');
  expect(await cli('inspect unpacked.zip')).toMatchObject({
    exitCode: 2,
    errors: expect.stringContaining('unpacked.zip cannot be read: it is a folder'),
  });
  expect(await cli('inspect empty.zip')).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining('✗ it is empty'),
  });
  expect(await json('inspect empty.zip')).toMatchObject({ sound: false, accountId: null, records: null });
});

test('a wrong command, a missing stage and a missing local mode each have their exit code', async () => {
  const run = (...words: string[]) => runCommand(words, { folder });
  expect(await run('sttus')).toMatchObject({
    exitCode: 2,
    errors: expect.stringContaining('Did you mean status?'),
  });
  expect(await run('status')).toMatchObject({ exitCode: 2, errors: expect.stringContaining('--stage') });
  expect(await run('--local', 'status')).toMatchObject({ exitCode: 3 });
  expect(await run('--local', '--stage', 'prod', 'status')).toMatchObject({
    exitCode: 2,
    errors: expect.stringContaining("cannot be used with '--local'"),
  });
  const wrong = await run('--json', 'deliveries');
  expect(wrong.exitCode).toBe(2);
  expect(JSON.parse(wrong.output)).toMatchObject({ error: { code: 'usage' } });
  for (const words of [['--json'], ['account', '--json']]) {
    const none = await run(...words);
    expect({ words, exitCode: none.exitCode }).toEqual({ words, exitCode: 2 });
    expect(JSON.parse(none.output)).toMatchObject({
      error: { code: 'usage', message: 'no command given', faults: [], done: null },
    });
  }
  const { exitCode, output } = await run('--local', 'status', '--json');
  expect({ exitCode, json: JSON.parse(output) }).toMatchObject({
    exitCode: 3,
    json: { error: { code: 'unreachable' } },
  });
});

function row(offset: number) {
  return {
    recordedAt: boundary + offset + minute,
    values: { action: 'Signed in', email: 'eva@example.com' },
  };
}
