import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { createAnnouncer } from '../../cli/stage/account/account-changes.ts';
import { addWithSecret } from '../../cli/stage/account/claim.ts';
import { createRecordStore } from '../../cli/stage/account/record-store.ts';
import { createSecretWriter } from '../../cli/stage/secret/secret-writer.ts';
import { utcTime } from '../../cli/terminal/wording.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import { bucketRegion, buckets, sasSecret } from '../../local/tour/customers.ts';
import { role } from '../../local/tour/world.ts';
import { runCommand } from './command-line.ts';
import { azure, boundary, gcs, hour, key, nameOf, prefix, s3, startLocalMode } from './local-commands.ts';

const local = startLocalMode();
const { cli, json } = local;

/** The stores of local mode; `meanwhile` runs just before a secret is stored. */
function storesWith(meanwhile: () => Promise<unknown>) {
  const { ACCOUNTS_TABLE: tableName = '', SECRET_PREFIX: prefix = '' } =
    local.world.resources.environments.exporter;
  const secrets = createSecretWriter({ client: local.world.aws.secrets, prefix });
  return {
    announcer: createAnnouncer({
      put: async () => undefined,
      readCaller: async () => 'local mode',
      now: async () => boundary,
    }),
    records: createRecordStore({ client: local.world.aws.dynamodb, tableName }),
    secrets: {
      ...secrets,
      async put(name: string, secret: string) {
        await meanwhile();
        return secrets.put(name, secret);
      },
    },
  };
}

async function putRecord(record: object): Promise<void> {
  const { ACCOUNTS_TABLE: TableName } = local.world.resources.environments.exporter;
  await local.world.aws.dynamodb.send(new PutItemCommand({ TableName, Item: marshall(record) }));
}

describe('an id', () => {
  test.each(['', 'x'.repeat(3000)])('that no table holds is refused by every command', async accountId => {
    for (const command of [
      ['account', 'add', accountId, ...s3.split(' '), '--secret-id', `${prefix}x`],
      ['account', 'update', accountId, '--format', 'json'],
      ['account', 'show', accountId],
      ['account', 'pause', 'acme', accountId],
      ['account', 'resume', accountId],
      ['account', 'remove', accountId, '--yes'],
      ['plan', accountId],
      ['deliveries', accountId],
      ['verify', accountId],
      ['rows', accountId, '--window', '2026-11-22T08:00Z'],
      ['redeliver', accountId, '--window', '2026-11-22T08:00Z'],
    ])
      expect(await cli(command)).toMatchObject({
        exitCode: 2,
        errors: expect.stringContaining('An account’s id has 1 to 128 characters'),
      });
  });

  test('with a dash at its beginning is one for every command, as each prints the next', async () => {
    const added = await cli(['account', 'add', ...s3.split(' '), '--secret-file', 's3.json', '--', '-dash']);
    expect(added).toMatchObject({ exitCode: 0, output: expect.stringContaining(' verify -- -dash\n') });
    expect(await cli(['verify', '--', '-dash'])).toMatchObject({ exitCode: 0 });
    expect(await cli(['account', 'remove', '--yes', '--', '-dash'])).toMatchObject({ exitCode: 0 });
  });

  test('that would steer a terminal, or whose space would not be seen, is shown as it is', async () => {
    const forged = 'acme\u001b[31m\nforged';
    for (const [accountId, shown] of [
      [forged, 'acme\\u{1b}[31m\\u{a}forged'],
      ['spaced ', '"spaced "'],
    ] as const) {
      const added = await cli(['account', 'add', accountId, ...s3.split(' '), '--secret-file', 's3.json']);
      const paused = await cli(['account', 'pause', accountId]);
      const updated = await cli(['account', 'update', accountId, '--format', 'json']);
      const removed = await cli(['account', 'remove', accountId, '--yes']);
      for (const { exitCode, output } of [added, paused, updated, removed]) {
        expect(exitCode).toBe(0);
        expect(output).toContain(`✓ ${shown}`);
        expect(output).not.toContain('\u001b');
        expect(output).not.toMatch(/^forged/m);
      }
      const warning = '! the account’s id ends with a space';
      if (accountId.endsWith(' ')) expect(added.output).toContain(warning);
      else expect(added.output).not.toContain('!');
    }
  });
});

describe('the name of a secret', () => {
  const outside = '--secret-id elsewhere/key';

  test('outside the stage’s prefix is refused, whoever gives it', async () => {
    const refused = {
      exitCode: 2,
      errors: expect.stringContaining(`expected a name that begins with ${prefix}`),
    };
    expect(await cli(`account add named ${s3} ${outside}`)).toMatchObject(refused);
    await cli(`account add named ${s3} --secret-file s3.json`);
    expect(await cli(`account update named ${outside}`)).toMatchObject(refused);
    expect(await cli(`account update named ${outside} --secret-file s3.json`)).toMatchObject(refused);
    const line = { accountId: 'other', timeZone: 'UTC', status: 'active', secretFile: 's3.json' };
    const destination = { type: 's3', bucket: buckets.s3, region: bucketRegion };
    await writeFile(
      join(local.folder, 'outside.ndjson'),
      JSON.stringify({ ...line, destination, secretId: 'elsewhere/key' }),
    );
    expect(await cli('account import outside.ndjson')).toMatchObject(refused);
    await expect(
      local.world.aws.secrets.send(new GetSecretValueCommand({ SecretId: 'elsewhere/key' })),
    ).rejects.toThrow();
    await cli('account remove named --yes');
  });

  test('below it is taken, with a warning as long as there is no such secret', async () => {
    const warning = `! the secret ${prefix}shared does not exist yet`;
    const added = await cli(`account add named ${s3} --secret-id ${prefix}shared`);
    expect(added).toMatchObject({ exitCode: 0, output: expect.stringContaining(warning) });
    expect((await cli(`account update named --secret-id ${prefix}shared`)).output).toContain(warning);
    await writeFile(
      join(local.folder, 'named.ndjson'),
      JSON.stringify({ ...(await json('account show named')).record, accountId: 'named-2' }),
    );
    expect((await cli('account import named.ndjson --check')).output).toContain(
      `! line 1: the secret ${prefix}shared does not exist yet`,
    );
    await local.world.aws.secrets.send(
      new CreateSecretCommand({ Name: `${prefix}shared`, SecretString: key('SHARED') }),
    );
    for (const command of [
      `account update named --secret-id ${prefix}shared`,
      'account import named.ndjson --check',
    ])
      expect((await cli(command)).output).not.toContain('!');
    await local.world.aws.secrets.send(
      new PutSecretValueCommand({ SecretId: `${prefix}shared`, SecretString: '{}' }),
    );
    expect((await cli(`account update named --secret-id ${prefix}shared`)).output).toContain(
      `! the secret ${prefix}shared cannot be used: The secret is not an S3 credential`,
    );
    await cli('account remove named --yes');
  });
});

describe('an account that goes by role', () => {
  const byRole = `--role-arn ${role.roleArn} --external-id ${role.externalId}`;

  test('takes no key, which would never be used', async () => {
    const refused = { exitCode: 2, errors: expect.stringContaining('expected only one of them') };
    expect(await cli(`account add roles ${s3} ${byRole} --secret-id ${prefix}shared`)).toMatchObject(refused);
    const line = { accountId: 'roles', timeZone: 'UTC', status: 'active' };
    const destination = { type: 's3', bucket: buckets.s3, region: bucketRegion };
    const { roleArn, externalId } = role;
    for (const more of [
      { secretFile: 's3.json' },
      { secret: key('INLINE') },
      { secretId: `${prefix}shared` },
    ]) {
      await writeFile(
        join(local.folder, 'role.ndjson'),
        JSON.stringify({ ...line, ...more, destination: { ...destination, roleArn, externalId } }),
      );
      expect(await cli('account import role.ndjson')).toMatchObject(refused);
    }
  });

  test('gets a key only in the place of its role, and gives its key up for a role', async () => {
    await cli(`account add roles ${s3} ${byRole}`);
    const update = 'account update roles --secret-file s3.json';
    expect(await cli(update)).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining("--role-arn ''"),
    });
    expect(await cli([...update.split(' '), '--role-arn', ''])).toMatchObject({ exitCode: 0 });
    expect((await json('account show roles')).record.destination).not.toHaveProperty('externalId');
    const changed = await cli(`account update roles ${byRole}`);
    expect(changed.output).toContain(`The secret ${nameOf('roles')} is no longer used`);
    expect((await json('account show roles')).record).not.toHaveProperty('secretId');
    expect((await cli('account remove roles --yes')).output).toContain('with its secret');
    await expect(local.stored('roles')).rejects.toThrow();
  });

  test('has no secret to be removed with', async () => {
    await cli(`account add keyless ${s3} ${byRole}`);
    expect((await cli('account remove keyless --yes')).output).not.toContain('with its secret');
  });
});

describe('what is printed', () => {
  beforeAll(async () => {
    await cli(`account add seen ${gcs} --secret-file gcs.json`);
    const { accountName } = local.world.credentials.azure;
    const forged = { accountName, accountKey: btoa('the key of another storage account') };
    const secret = sasSecret({ ...local.world.credentials.azure, ...forged }, Date.now() + hour);
    await cli(`account add forged ${azure} --secret-file -`, secret);
    const claimed = { ...(await json('account show seen')).record, accountId: 'claimed' };
    await addWithSecret(
      claimed,
      local.world.credentials.secretOf('gcs'),
      storesWith(() => local.world.tick(boundary)),
    );
  });

  test('of an account that was being added at a tick is a delivery to come, and none before', async () => {
    expect((await json('account show claimed')).record.status).toBe('active');
    expect((await json('deliveries claimed')).windows).toEqual([]);
    expect((await json('plan claimed')).owed).toHaveLength(1);
  });

  test('names the option that is meant: buckets are containers on Azure', async () => {
    const add = 'account add hint --time-zone UTC --secret-file s3.json';
    expect((await cli(`${add} --destination azure --bucket logs`)).errors).toContain('use --container');
    expect((await cli(`${add} --destination gcs --container logs`)).errors).toContain('use --bucket');
    expect((await cli(`${add} --destination gcs --bucket logs --time-zone Europe/Berlim`)).errors).toContain(
      'did you mean Europe/Berlin?',
    );
  });

  test('tells nothing of a file that will not be delivered', async () => {
    const secret = '--secret-file s3.json';
    const paused = await cli(`account add later ${s3} ${secret} --paused`);
    expect(paused.output).toContain('Once it is resumed, its first file covers');
    expect(paused.output).not.toContain('is due at');
    await cli('account remove later --yes');
    const expired = await cli(`account add later ${s3} ${secret} --add-on-expires-at 2020-01-01T00:00:00Z`);
    expect(expired.output).toContain('Nothing is exported: the add-on ended at 2020-01-01 00:00 UTC');
    expect(expired.output).not.toContain('first file');
    expect(await json('account show later')).toMatchObject({ state: 'expired', lastDelivery: null });
    await cli('account pause later');
    const resumed = await cli('account resume later');
    expect(resumed.output).toContain('is active, but its add-on ended at 2020-01-01 00:00 UTC');
    expect(resumed.output).not.toContain('is delivered at its next boundary');
    await cli('account remove later --yes');
  });

  test('says that exportFrom counts at first sight only', async () => {
    await cli(`account add unseen ${gcs} --secret-file gcs.json`);
    const from = `--export-from ${toIso(boundary - 24 * hour)}`;
    expect((await cli(`account update unseen ${from}`)).output).not.toContain('!');
    expect((await cli(`account update seen ${from}`)).output).toContain(
      `! exportFrom is only used before the first export: this account is exported through ${utcTime(boundary)}`,
    );
  });

  test('of a record with faults is the record as it stands, and no secret', async () => {
    await putRecord({
      accountId: 'faulty',
      timeZone: 'Asia/Kolkatta',
      status: 'active',
      destination: { type: 'gcs', bucket: 'Globex_SIEM', note: 'wJalrXUtnFEMI' },
      secretId: 'wJalrXUtnFEMI',
      prefix: 'AccountKey=wJalrXUtnFEMI',
      exportFrom: 'DefaultEndpointsProtocol=https;AccountKey=wJalrXUtnFEMI',
    });
    const { output } = await cli('account show faulty');
    expect(output).toContain('did you mean Asia/Kolkata?');
    expect(output).toMatch(/^record +timeZone: "Asia\/Kolkatta"$/m);
    expect(output).toContain('destination.bucket: "Globex_SIEM"');
    expect(output).toContain('destination.note: (text, not shown)');
    const shown = await cli('account show faulty --json');
    expect(JSON.parse(shown.output).record).toMatchObject({
      timeZone: 'Asia/Kolkatta',
      destination: { bucket: 'Globex_SIEM' },
      exportFrom: '(text, not shown)',
    });
    expect(output + shown.output).not.toContain('wJalrXUtnFEMI');
    await cli('account remove faulty --yes');
  });

  test('of a record with a fault in its status has the window in its own zone', async () => {
    await putRecord({
      accountId: 'faulty',
      timeZone: 'Asia/Kolkata',
      status: 'on',
      destination: { type: 'gcs', bucket: buckets.gcs },
      secretId: `${prefix}x`,
    });
    expect((await cli('account show faulty')).output).toMatch(/^next window +.*\(\+05:30\) Asia\/Kolkata$/m);
    await cli('account remove faulty --yes');
  });

  test('of a cursor that cannot be read is its account and what is wrong, and of the others all', async () => {
    await cli(`account add unread ${gcs} --secret-file gcs.json`);
    const TableName = local.world.resources.environments.exporter.LEDGER_TABLE;
    const Item = marshall({ accountId: 'unread', entry: 'cursor', exportedThrough: 'yesterday', version: 1 });
    await local.world.aws.dynamodb.send(new PutItemCommand({ TableName, Item }));
    const fault =
      'of the account "unread" in the ledger cannot be read: exportedThrough: expected an instant';
    const standings: { accountId: string; state: string }[] = await json('account list');
    expect(standings.find(({ accountId }) => accountId === 'unread')?.state).toBe('invalid');
    expect(standings.find(({ accountId }) => accountId === 'seen')?.state).not.toBe('invalid');
    expect((await cli('account show unread')).output).toContain(fault);
    expect(await json('account show unread')).toMatchObject({ faults: { length: 1 }, remedy: null });
    const verified = await cli('verify unread');
    expect(verified).toMatchObject({ exitCode: 1, output: expect.stringContaining(fault) });
    const refused = await cli('deliveries unread');
    expect(refused).toMatchObject({ exitCode: 1, errors: expect.stringContaining(fault) });
    await cli('account remove unread --yes');
  });

  test('of a rejected credential is the remedy for the kind that it is', async () => {
    const shown = await cli('account show forged');
    expect(shown.output).toContain('credentials_rejected');
    expect(shown.output).toContain('az storage container generate-sas');
    expect(shown.output).not.toContain('az storage account keys list');
    expect(await json('account show forged')).toMatchObject({
      state: 'failing',
      remedy: expect.stringContaining('generate-sas'),
    });
    expect(await json('status')).toMatchObject({ failuresByCode: { credentials_rejected: 1, network: 0 } });
    await cli('account update forged --secret-id siem-export/local/gone');
    const unread = await cli('account show forged');
    for (const remedy of ['generate-sas', 'account keys list', 'verify forged'])
      expect(unread.output).toContain(remedy);
  });

  test.each([
    [3, { AWS_REGION: 'eu-central-1' }],
    [2, {}],
  ])('names the profile that AWS does not know, with exit code %i and %o', async (exitCode, environment) => {
    const ended = await runCommand(['--stage', 'prod', '--profile', 'nope', 'status'], {
      folder: local.folder,
      environment: { AWS_EC2_METADATA_DISABLED: 'true', HOME: local.folder, ...environment },
    });
    expect(ended).toMatchObject({ exitCode, errors: expect.stringContaining('the profile "nope"') });
  });
});
