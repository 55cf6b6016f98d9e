import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRecordStore } from '../../cli/stage/account/record-store.ts';
import { sampleStorageAccount } from '../../local/sample/accounts.ts';
import { bucketRegion, buckets } from '../../local/tour/customers.ts';
import { role } from '../../local/tour/world.ts';
import { runCommand } from './command-line.ts';
import { azure, gcs, s3, startLocalMode } from './local-commands.ts';

const local = startLocalMode();
const { cli, json } = local;

describe('adding accounts', () => {
  test('takes a credential from a file or from standard input, and verifies it on each cloud', async () => {
    expect(await cli(`account add acme ${s3} --secret-file s3.json`)).toMatchObject({ exitCode: 0 });
    expect(await cli(`account add globex ${gcs} --secret-file gcs.json`)).toMatchObject({ exitCode: 0 });
    const azureSecret = local.world.credentials.secretOf('azure');
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

    local.world.roles.set(role.roleArn, { credentials: local.world.credentials.s3Role });
    const unprotected = await cli('verify hooli');
    expect(unprotected.exitCode).toBe(1);
    expect(unprotected.output).toContain('✗ the role is refused without its external id');
    await cli('account remove hooli --yes');
  });

  test('stay paused, although somebody who read the record before changes it', async () => {
    const tableName = local.world.resources.environments.exporter.ACCOUNTS_TABLE ?? '';
    const records = createRecordStore({ client: local.world.aws.dynamodb, tableName });
    const read = (await records.read('globex')) ?? {};
    await cli('account pause globex');
    expect(await records.change(read, { ...read, timeZone: 'Asia/Kolkata' })).toBe(false);
    const paused = { ...read, status: 'paused' };
    expect(await records.read('globex')).toEqual(paused);
    expect(await records.change(paused, read)).toBe(true);
    // Attributes of other tools are kept.
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
      errors: expect.stringContaining('is a credential for s3, not for gcs'),
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
    const { credentials } = local.world;
    const anotherKey = Buffer.alloc(64, 'the key of another storage account').toString('base64');
    const secrets = {
      'unknown-s3.json': JSON.stringify({ ...credentials.s3, accessKeyId: 'AKIASOMEBODYELSE00AB' }),
      'unknown-gcs.json': credentials.secretOf('gcs').replace('siem-export@', 'somebody-else@'),
      'unknown-azure.txt': credentials.secretOf('azure').replace(credentials.azure.accountKey, anotherKey),
    };
    for (const [name, secret] of Object.entries(secrets)) await writeFile(join(local.folder, name), secret);
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
    expect(output).toContain(`Exports of ${accountId} cannot be written.`);
    expect(await json(`verify ${accountId}`)).toMatchObject({ verified: true });
  });
});

test('an account that was removed can be added again, while its secret is still being deleted', async () => {
  const add = `account add hooli ${gcs} --secret-file gcs.json`;
  expect(await cli(add)).toMatchObject({ exitCode: 0 });
  expect(await cli('account remove hooli --yes')).toMatchObject({ exitCode: 0 });
  expect(await cli(add)).toMatchObject({ exitCode: 0 });
  expect(await json('verify hooli')).toMatchObject({ verified: true });
  await cli('account remove hooli --yes');
});

test('a credential that would not be used is refused, not ignored', async () => {
  for (const other of ['--secret-id siem-export/local/shared', `--role-arn ${role.roleArn}`])
    expect(await cli(`account add hooli ${s3} --secret-file s3.json ${other}`)).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('expected only one of them'),
    });
});

test('a shared secret is left alone by a new one for an account, unless it is named', async () => {
  const shared = 'siem-export/local/shared';
  const own = `siem-export/local/${Buffer.from('hooli').toString('base64url')}`;
  const wrong = JSON.stringify({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'.repeat(40) });
  const stored = async (SecretId: string) =>
    (await local.world.aws.secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  await local.world.aws.secrets.send(new CreateSecretCommand({ Name: shared, SecretString: wrong }));
  await cli(`account add hooli ${s3} --secret-id ${shared}`);
  const updated = await cli('account update hooli --secret-file s3.json');
  expect(updated.output).toContain('changed secretId, secret');
  expect(updated.output).toContain(`The secret ${shared} is not changed: other accounts may use it`);
  expect(await stored(shared)).toBe(wrong);
  expect(await json('account show hooli')).toMatchObject({ record: { secretId: own } });
  expect(await json('verify hooli')).toMatchObject({ verified: true });

  const named = await json(`account update hooli --secret-id ${shared} --secret-file s3.json`);
  expect(named).toMatchObject({ record: { secretId: shared }, changed: ['secretId', 'secret'] });
  expect(await stored(shared)).toBe(local.world.credentials.secretOf('s3'));
  await cli('account remove hooli --yes');
});

test('an invalid record is shown with all its faults and the commands that fix it', async () => {
  const { ACCOUNTS_TABLE: TableName } = local.world.resources.environments.exporter;
  const item = {
    accountId: 'broken',
    timeZone: 'Mars',
    status: 'on',
    destination: { type: 's3', bucket: 'A' },
  };
  await local.world.aws.dynamodb.send(new PutItemCommand({ TableName, Item: marshall(item) }));
  const commands =
    /account pause broken\n.*or, to export it: .*account resume broken\n.*account update broken --time-zone <value> --bucket <value> --bucket-region <value> --secret-id <value>/;
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
    output: expect.stringContaining(': the windows owed are unknown until the record is valid.\n'),
  });
  await local.world.aws.dynamodb.send(
    new PutItemCommand({ TableName, Item: marshall({ accountId: 'broken' }) }),
  );
  expect((await cli('account show broken')).output).toContain('--destination <value>');
  await local.world.aws.dynamodb.send(
    new DeleteItemCommand({ TableName, Key: { accountId: { S: 'broken' } } }),
  );
});

test('an attribute that is not known is named wherever somebody looks, and stops nothing', async () => {
  const { ACCOUNTS_TABLE: TableName } = local.world.resources.environments.exporter;
  await cli(`account add typo ${gcs} --secret-file gcs.json`);
  const { record } = await json('account show typo');
  const put = (item: object) =>
    local.world.aws.dynamodb.send(new PutItemCommand({ TableName, Item: marshall({ ...record, ...item }) }));
  await put({ adOnExpiresAt: '2020-01-01T00:00:00Z' });
  const warning = '`adOnExpiresAt` is unknown and ignored; did you mean `addOnExpiresAt`?';
  const verified = await cli('verify typo');
  expect(verified).toMatchObject({ exitCode: 0, output: expect.stringContaining(warning) });
  expect(verified.output).toContain('Exports of typo can be written; 2 warnings.');
  for (const command of ['account show typo', 'account update typo --format json'])
    expect((await cli(command)).output).toContain(warning);
  expect((await json('account show typo')).warnings).toEqual([warning]);
  const doctor = await cli('doctor');
  expect(doctor.output).toContain(
    '! attributes of account records: 1 account with unknown attributes\n    → npx siem-export --local',
  );

  await put({ destination: { ...record.destination, bukcet: 'x' } });
  for (const command of ['account show typo', 'verify typo'])
    expect((await cli(command)).output).toContain('did you mean `destination.bucket`?');
  expect((await cli('account update typo --format json')).errors).toContain(
    'did you mean `destination.bucket`?',
  );
  const fixed = await json('account update typo --destination gcs');
  expect(fixed.record.destination).toEqual(record.destination);
  await cli('account remove typo --yes');
  expect((await cli('doctor')).output).toContain('✓ attributes of account records: all known');
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
  await mkdir(join(local.folder, 'unpacked.zip'));
  await writeFile(join(local.folder, 'empty.zip'), '');
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
  const run = (...words: string[]) => runCommand(words, { folder: local.folder });
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

test('no command ever prints a secret', () => local.expectNoSecretPrinted());
