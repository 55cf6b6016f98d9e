import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../cli/main.ts';
import { createAnnouncer } from '../../cli/stage/account/account-changes.ts';
import { addWithSecret } from '../../cli/stage/account/claim.ts';
import { createRecordStore } from '../../cli/stage/account/record-store.ts';
import { createSecretWriter } from '../../cli/stage/secret/secret-writer.ts';
import { utcTime } from '../../cli/terminal/wording.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import { sampleStorageAccount } from '../../local/sample/accounts.ts';
import { type LocalServer, startHttpServer } from '../../local/servers/http-server.ts';
import { ServiceFault, startJsonProtocolServer } from '../../local/servers/json-protocol-server.ts';
import { bucketRegion, buckets, sasSecret } from '../../local/tour/customers.ts';
import { role, startWorld, type World } from '../../local/tour/world.ts';
import { runCommand, runHere } from './command-line.ts';

const hour = 3_600_000;
/** The last boundary in UTC: every clock here tells the true time. */
const boundary = Math.floor(Date.now() / (4 * hour)) * 4 * hour;

const prefix = 'siem-export/local/';
const s3 = `--time-zone UTC --destination s3 --bucket ${buckets.s3} --bucket-region ${bucketRegion}`;
const gcs = `--time-zone UTC --destination gcs --bucket ${buckets.gcs}`;
const azure = `--time-zone UTC --destination azure --storage-account ${sampleStorageAccount} --container ${buckets.azure}`;

let world: World;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-accounts-'));
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  world = await startWorld({ stateFile: join(folder, 'local.json'), log, ownTime: false });
  await writeFile(join(folder, 's3.json'), world.credentials.secretOf('s3'));
  await writeFile(join(folder, 'gcs.json'), world.credentials.secretOf('gcs'));
});

afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Words between spaces; `file:` stands for the folder, and a list is taken as it is. */
function wordsFor(command: string | readonly string[], stateFile = 'local.json'): string[] {
  const words = typeof command === 'string' ? command.split(' ') : command;
  return ['--local', '--state-file', `file:${stateFile}`, ...words].map(word =>
    word.replace('file:', `${folder}/`),
  );
}

const cli = (command: string | readonly string[], input = '') => runHere(wordsFor(command), input);

async function json(command: string) {
  return JSON.parse((await cli(`--json ${command}`)).output);
}

/** A command that waits for what is typed; by then it has read what it begins with. */
async function waiting(command: string) {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const written = Promise.all([text(output), text(errors)]);
  const ended = runCommandLine(wordsFor(command), {
    input,
    output,
    errors,
    putClockForward: () => undefined,
  });
  await pause(300);
  return async (typed: string) => {
    input.end(typed);
    const exitCode = await ended;
    output.end();
    errors.end();
    const [shown, said] = await written;
    return { exitCode, output: shown, errors: said };
  };
}

/** A command of which somebody may have enough. */
async function interrupted(command: string, stateFile: string, signal: AbortSignal) {
  const errors = new PassThrough();
  const exitCode = await runCommandLine(wordsFor(command, stateFile), {
    input: new PassThrough().end(),
    output: new PassThrough(),
    errors,
    interrupted: signal,
    putClockForward: () => undefined,
  });
  return { exitCode, errors: await text(errors.end()) };
}

/** The stores of local mode; something happens just before a secret is stored there. */
function storesWith(meanwhile: () => Promise<unknown>) {
  const { ACCOUNTS_TABLE: tableName = '', SECRET_PREFIX: prefix = '' } =
    world.resources.environments.exporter;
  const secrets = createSecretWriter({ client: world.aws.secrets, prefix });
  return {
    announcer: createAnnouncer({
      put: async () => undefined,
      readCaller: async () => 'local mode',
      now: async () => boundary,
    }),
    records: createRecordStore({ client: world.aws.dynamodb, tableName }),
    secrets: {
      ...secrets,
      async put(name: string, secret: string) {
        await meanwhile();
        return secrets.put(name, secret);
      },
    },
  };
}

const key = (id: string) =>
  JSON.stringify({ accessKeyId: `AKIA${id}`.padEnd(20, '0'), secretAccessKey: id.padEnd(40, '0') });
const nameOf = (accountId: string) => `${prefix}${Buffer.from(accountId).toString('base64url')}`;

async function stored(accountId: string): Promise<string | undefined> {
  const { SecretString } = await world.aws.secrets.send(
    new GetSecretValueCommand({ SecretId: nameOf(accountId) }),
  );
  return SecretString;
}

/** Writes a state file by which commands find a server in the place of one of AWS's; its name. */
async function inPlaceOf(service: 'SECRETS_MANAGER' | 'EVENTBRIDGE', { endpoint }: LocalServer) {
  const state = JSON.parse(await readFile(join(folder, 'local.json'), 'utf8'));
  const aws = { ...state.aws, [`AWS_ENDPOINT_URL_${service}`]: endpoint };
  const name = `without-${service}.json`;
  await writeFile(join(folder, name), JSON.stringify({ ...state, aws }));
  return name;
}

async function putRecord(record: object): Promise<void> {
  const { ACCOUNTS_TABLE: TableName } = world.resources.environments.exporter;
  await world.aws.dynamodb.send(new PutItemCommand({ TableName, Item: marshall(record) }));
}

describe('every change of an account', () => {
  const announced = (account: string) =>
    world.aws.events.events
      .filter(({ detailType, detail }) => detailType === 'Account Changed' && detail.accountId === account)
      .map(({ detail: { accountId: _, changedBy, changedAt, ...what } }) => {
        expect(changedBy).toBe('local mode');
        expect(Math.abs(Date.parse(String(changedAt)) - boundary)).toBeLessThanOrEqual(4 * hour);
        return what;
      });

  test('is one event a command, which names what, who and when', async () => {
    const [before, behind] = [`s3://${buckets.s3}`, `s3://${buckets.s3}/siem`];
    await cli(`account add told ${s3} --secret-file file:s3.json`);
    await cli('account update told --prefix siem --secret-file file:s3.json');
    await cli(['account', 'update', 'told', '--secret-file', '-'], key('NEW'));
    await cli('account pause told');
    await cli('account pause told');
    await cli('account resume told');
    const { record } = await json('account show told');
    const line = JSON.stringify({ ...record, format: 'json', plan: 'gold', secret: key('IMPORTED') });
    await cli('account import - --replace', line);
    await cli('account remove told --yes');
    const there = { from: behind, to: behind };
    expect(announced('told')).toEqual([
      {
        change: 'added',
        attributes: ['accountId', 'status', 'timeZone', 'secretId', 'destination', 'secret'],
        to: before,
      },
      { change: 'changed', attributes: ['destination', 'secret'], from: before, to: behind },
      { change: 'changed', attributes: ['secret'], ...there },
      { change: 'changed', attributes: ['status'], ...there },
      { change: 'changed', attributes: ['status'], ...there },
      { change: 'changed', attributes: ['format', 'other', 'secret'], ...there },
      { change: 'removed', attributes: [], from: behind },
    ]);
  });

  test('tells of a secret that was missing until then', async () => {
    for (const replace of ['update late --secret-file file:s3.json', 'import file:late.ndjson --replace']) {
      const place = `s3://${buckets.s3}`;
      const destination = { type: 's3', bucket: buckets.s3, region: bucketRegion };
      const record = { accountId: 'late', timeZone: 'UTC', status: 'paused', destination };
      await putRecord({ ...record, secretId: nameOf('late') });
      await writeFile(
        join(folder, 'late.ndjson'),
        JSON.stringify({ ...record, secretId: nameOf('late'), secretFile: 's3.json' }),
      );
      expect(await cli(`account ${replace}`)).toMatchObject({ exitCode: 0 });
      expect(announced('late').at(-1)).toEqual({
        change: 'changed',
        attributes: ['secret'],
        from: place,
        to: place,
      });
      await cli('account remove late --yes');
    }
  });

  test('that changes nothing is none', async () => {
    const count = () =>
      world.aws.events.events.filter(({ detailType }) => detailType === 'Account Changed').length;
    await cli(`account add same ${s3} --secret-file file:s3.json`);
    const before = count();
    expect(before).toBeGreaterThan(0);
    await cli(`account add same ${s3} --secret-file file:s3.json`);
    await cli(`account update same --bucket ${buckets.s3}`);
    await cli('account resume same');
    expect(count()).toBe(before);
  });

  test('is finished although it is interrupted, and its event sent', async () => {
    let interruption = new AbortController();
    const secrets = world.aws.environment.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? '';
    const interrupting = await startHttpServer(async (request, response) => {
      const body = await buffer(request);
      interruption.abort();
      const headers = { 'x-amz-target': String(request.headers['x-amz-target']) };
      const answer = await fetch(secrets, { method: 'POST', headers, body });
      response.writeHead(answer.status).end(await answer.text());
    });
    const stateFile = await inPlaceOf('SECRETS_MANAGER', interrupting);
    for (const command of [
      `account add broken-off ${s3} --secret-file file:s3.json`,
      'account update broken-off --format json --secret-file file:s3.json',
    ]) {
      interruption = new AbortController();
      const ended = await interrupted(command, stateFile, interruption.signal);
      expect(ended).toEqual({ exitCode: 0, errors: '' });
      expect(interruption.signal.aborted).toBe(true);
    }
    expect((await json('account show broken-off')).record).toMatchObject({
      status: 'active',
      format: 'json',
    });
    expect(announced('broken-off')).toMatchObject([
      { change: 'added' },
      { change: 'changed', attributes: ['format', 'secret'] },
    ]);
    await interrupting.close();
    await cli('account remove broken-off --yes');
  });
});

describe('where no event can be sent', () => {
  let denying: LocalServer;
  let stateFile: string;
  let interruption: AbortController | undefined;
  beforeAll(async () => {
    denying = await startJsonProtocolServer({
      PutEvents() {
        interruption?.abort();
        throw new ServiceFault('AccessDeniedException', 'User eva may not call events:PutEvents');
      },
    });
    stateFile = await inPlaceOf('EVENTBRIDGE', denying);
  });
  afterAll(() => denying?.close());

  const ids = Array.from({ length: 40 }, (_, index) => `mute-${index}`);
  const denied = (command: string) => runHere(wordsFor(command, stateFile));
  const saying = (...accountIds: readonly string[]) =>
    `siem-export: these accounts are changed, but their event "Account Changed" could not be sent: AWS refuses your identity: User eva may not call events:PutEvents\n${accountIds.map(id => `  "${id}"\n`).join('')}`;

  test('an account is added and changed all the same, and the exit code is 1', async () => {
    const added = await denied(`account add mute ${s3} --secret-file file:s3.json`);
    expect(added).toMatchObject({ exitCode: 1, errors: saying('mute') });
    expect(added.output).toContain('✓ mute is added.');
    expect((await json('account show mute')).record.status).toBe('active');
    const updated = await denied(`--json account update mute --prefix siem --secret-file file:s3.json`);
    expect(updated).toMatchObject({ exitCode: 1, errors: saying('mute') });
    expect(JSON.parse(updated.output)).toMatchObject({ changed: ['destination', 'secret'] });
    expect((await json('account show mute')).record.destination.prefix).toBe('siem');
    expect(await denied('account remove mute --yes')).toMatchObject({ exitCode: 1, errors: saying('mute') });
    await expect(stored('mute')).rejects.toThrow();
  });

  test('many accounts are changed to the last, and each is named', async () => {
    const destination = { type: 's3', bucket: buckets.s3, region: bucketRegion };
    await writeFile(
      join(folder, 'mute.ndjson'),
      ids
        .map(accountId => ({ accountId, timeZone: 'UTC', status: 'active', destination }))
        .map(record => `${JSON.stringify({ ...record, secretFile: 's3.json' })}\n`)
        .join(''),
    );
    await writeFile(join(folder, 'mute.txt'), ids.join('\n'));
    for (const command of [
      'import file:mute.ndjson',
      'pause --from file:mute.txt',
      'remove --from file:mute.txt --yes',
    ]) {
      const { exitCode, errors } = await denied(`account ${command}`);
      expect(exitCode).toBe(1);
      expect(errors.split('\n').toSorted()).toEqual(
        saying(...ids)
          .split('\n')
          .toSorted(),
      );
    }
    expect((await json('account list')).map(({ accountId }: { accountId: string }) => accountId)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^mute/)]),
    );
  });

  test('a command that does not finish keeps its own exit code', async () => {
    interruption = new AbortController();
    const ended = await interrupted('account import file:mute.ndjson', stateFile, interruption.signal);
    interruption = undefined;
    expect(ended.exitCode).toBe(130);
    const [, written = ''] = /Interrupted: (\d+) of 40 accounts are written/.exec(ended.errors) ?? [];
    const named = ended.errors.match(/^ {2}"mute-\d+"$/gm) ?? [];
    expect(named).toHaveLength(Number(written));
    const left = (await json('account export')).records.map(({ accountId = '' }) => `  "${accountId}"`);
    expect(left).toEqual(expect.arrayContaining(named));
    await cli(['account', 'remove', '--yes', ...named.map(id => JSON.parse(id) as string)]);
  });

  test('a command that changes nothing says nothing of events', async () => {
    expect(await denied('account list')).toMatchObject({ exitCode: 0, errors: '' });
    expect(await denied('account pause nobody')).toMatchObject({
      exitCode: 2,
      errors: expect.not.stringContaining('event'),
    });
  });
});

describe('two operators at once', () => {
  test('each change an account, and both changes stand', async () => {
    await cli(`account add two ${s3} --secret-file file:s3.json`);
    const slow = await waiting('account update two --compression gzip --secret-file -');
    await cli('account update two --prefix siem');
    await cli('account pause two');
    expect(await slow(key('SLOW'))).toMatchObject({ exitCode: 0 });
    expect((await json('account show two')).record).toMatchObject({
      compression: 'gzip',
      status: 'paused',
      destination: { prefix: 'siem' },
    });
    await cli('account remove two --yes');
  });

  test('learn what was written and what not, if their changes do not go together', async () => {
    await cli(`account add two ${s3} --secret-file file:s3.json`);
    const slow = await waiting('account update two --bucket-region us-west-2 --secret-file -');
    await cli(`account update two --destination gcs --bucket ${buckets.gcs} --secret-file file:gcs.json`);
    const { exitCode, errors } = await slow(key('SLOW'));
    expect(exitCode).toBe(1);
    expect(errors).toContain('expected no attribute region');
    expect(errors).toContain(`the secret ${nameOf('two')} is already the new one`);
    expect(errors).not.toContain('nothing was changed');
    await cli('account remove two --yes');
  });

  test('add the same account, and the one who is first keeps record and secret', async () => {
    const adds = await Promise.all(
      Array.from({ length: 4 }, () => waiting(`account add both ${s3} --secret-file -`)),
    );
    const ended = await Promise.all(adds.map((add, index) => add(key(`KEY${index}`))));
    const winner = ended.findIndex(({ exitCode }) => exitCode === 0);
    expect(ended.filter(({ exitCode }) => exitCode === 2)).toHaveLength(3);
    expect(await stored('both')).toBe(key(`KEY${winner}`));
    expect((await json('account show both')).record.status).toBe('active');
    await cli('account remove both --yes');
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
    await cli(`account add named ${s3} --secret-file file:s3.json`);
    expect(await cli(`account update named ${outside}`)).toMatchObject(refused);
    expect(await cli(`account update named ${outside} --secret-file file:s3.json`)).toMatchObject(refused);
    const line = { accountId: 'other', timeZone: 'UTC', status: 'active', secretFile: 's3.json' };
    const destination = { type: 's3', bucket: buckets.s3, region: bucketRegion };
    await writeFile(
      join(folder, 'outside.ndjson'),
      JSON.stringify({ ...line, destination, secretId: 'elsewhere/key' }),
    );
    expect(await cli('account import file:outside.ndjson')).toMatchObject(refused);
    await expect(
      world.aws.secrets.send(new GetSecretValueCommand({ SecretId: 'elsewhere/key' })),
    ).rejects.toThrow();
    await cli('account remove named --yes');
  });

  test('below it is taken, with a warning as long as there is no such secret', async () => {
    const warning = `! the secret ${prefix}shared is not there yet`;
    const added = await cli(`account add named ${s3} --secret-id ${prefix}shared`);
    expect(added).toMatchObject({ exitCode: 0, output: expect.stringContaining(warning) });
    expect((await cli(`account update named --secret-id ${prefix}shared`)).output).toContain(warning);
    await writeFile(
      join(folder, 'named.ndjson'),
      JSON.stringify({ ...(await json('account show named')).record, accountId: 'named-2' }),
    );
    expect((await cli('account import file:named.ndjson --check')).output).toContain(
      `! line 1: the secret ${prefix}shared is not there yet`,
    );
    await world.aws.secrets.send(
      new CreateSecretCommand({ Name: `${prefix}shared`, SecretString: key('SHARED') }),
    );
    for (const command of [
      `account update named --secret-id ${prefix}shared`,
      'account import file:named.ndjson --check',
    ])
      expect((await cli(command)).output).not.toContain('!');
    await world.aws.secrets.send(
      new PutSecretValueCommand({ SecretId: `${prefix}shared`, SecretString: '{}' }),
    );
    expect((await cli(`account update named --secret-id ${prefix}shared`)).output).toContain(
      `! the secret ${prefix}shared will not do: The secret is not an S3 credential`,
    );
    await cli('account remove named --yes');
  });
});

describe('an account that goes by role', () => {
  const byRole = `--role-arn ${role.roleArn} --external-id ${role.externalId}`;

  test('takes no key, which would never be used', async () => {
    const refused = { exitCode: 2, errors: expect.stringContaining('expected one of them') };
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
        join(folder, 'role.ndjson'),
        JSON.stringify({ ...line, ...more, destination: { ...destination, roleArn, externalId } }),
      );
      expect(await cli('account import file:role.ndjson')).toMatchObject(refused);
    }
  });

  test('gets a key only in the place of its role, and gives its key up for a role', async () => {
    await cli(`account add roles ${s3} ${byRole}`);
    const update = 'account update roles --secret-file file:s3.json';
    expect(await cli(update)).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining("--role-arn ''"),
    });
    expect(await cli([...update.split(' '), '--role-arn', ''])).toMatchObject({ exitCode: 0 });
    expect((await json('account show roles')).record.destination).not.toHaveProperty('externalId');
    const changed = await cli(`account update roles ${byRole}`);
    expect(changed.output).toContain(`The secret ${nameOf('roles')} is not used any longer`);
    expect((await json('account show roles')).record).not.toHaveProperty('secretId');
    expect((await cli('account remove roles --yes')).output).toContain('with its secret');
    await expect(stored('roles')).rejects.toThrow();
  });

  test('has no secret to be removed with', async () => {
    await cli(`account add keyless ${s3} ${byRole}`);
    expect((await cli('account remove keyless --yes')).output).not.toContain('with its secret');
  });
});

describe('an import', () => {
  const line = (accountId: string, more: object = {}) =>
    JSON.stringify({
      accountId,
      timeZone: 'Asia/Tokyo',
      status: 'active',
      destination: { type: 'gcs', bucket: buckets.gcs },
      secretFile: 'gcs.json',
      ...more,
    });

  test('resumes no account that somebody has paused, and names those', async () => {
    await writeFile(join(folder, 'held.ndjson'), `${line('held-1')}\n${line('held-2')}`);
    await cli('account import file:held.ndjson');
    await cli('account pause held-1');
    expect((await cli('account import file:held.ndjson')).errors).toContain(
      'line 1 ("held-1"): the account is paused, its record the same otherwise',
    );
    const again = await cli('account import file:held.ndjson --replace');
    expect(again).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('! 1 account stays paused: held-1'),
    });
    expect(again.output).toContain('account resume held-1');
    await writeFile(
      join(folder, 'held.ndjson'),
      ['held-1', 'held-2'].map(id => line(id, { compression: 'gzip' })).join('\n'),
    );
    expect(await json('account import file:held.ndjson --replace')).toMatchObject({
      written: 2,
      stayPaused: ['held-1'],
    });
    expect((await json('account show held-1')).record).toMatchObject({
      status: 'paused',
      compression: 'gzip',
    });
    for (const accountId of ['held-1', 'held-2']) await cli(`account remove ${accountId} --yes`);
  });

  test('of nothing, or of an array, is refused with what is expected', async () => {
    await writeFile(join(folder, 'empty.ndjson'), '\n \n');
    expect(await cli('account import file:empty.ndjson')).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('holds no line'),
    });
    for (const [name, content] of [
      ['array', `[${line('array')}]`],
      ['pretty', `[\n  ${line('array')}\n]`],
    ]) {
      await writeFile(join(folder, `${name}.ndjson`), content ?? '');
      expect(await cli(`account import file:${name}.ndjson`)).toMatchObject({
        exitCode: 2,
        errors: expect.stringContaining('one record a line, no array around them'),
      });
    }
  });

  test('takes its lines from standard input, too', async () => {
    const typed = line('typed', { secretFile: join(folder, 'gcs.json') });
    expect(await cli('account import -', typed)).toMatchObject({ exitCode: 0 });
    expect(await json('verify typed')).toMatchObject({ verified: true });
    await cli('account remove typed --yes');
  });
});

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
    const added = await cli([
      'account',
      'add',
      ...s3.split(' '),
      '--secret-file',
      'file:s3.json',
      '--',
      '-dash',
    ]);
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
      const added = await cli([
        'account',
        'add',
        accountId,
        ...s3.split(' '),
        '--secret-file',
        'file:s3.json',
      ]);
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

describe('a credential', () => {
  test('larger than any is not read to its end', async () => {
    const large = { exitCode: 2, errors: expect.stringContaining('more than the 65,536 bytes') };
    await writeFile(join(folder, 'large.json'), 'x'.repeat(65_537));
    for (const file of ['file:large.json', '/dev/zero'])
      expect(await cli(`account add large ${s3} --secret-file ${file}`)).toMatchObject(large);
    expect(await cli(`account add large ${s3} --secret-file -`, 'x'.repeat(200_000))).toMatchObject(large);
    const line = { accountId: 'large', timeZone: 'UTC', status: 'active' };
    for (const more of [{ secretFile: 'large.json' }, { secret: 'x'.repeat(65_537) }]) {
      const record = { ...line, ...more, destination: { type: 'gcs', bucket: buckets.gcs } };
      await writeFile(join(folder, 'large.ndjson'), JSON.stringify(record));
      const refused = await cli('account import file:large.ndjson');
      expect(refused).toMatchObject(large);
      expect(refused.errors).toContain('1 faulty line of 1;');
    }
  });

  test('that is empty, or was escaped twice, is told so', async () => {
    const add = `account add odd ${gcs} --secret-file -`;
    expect((await cli(add, ' \n')).errors).toContain('The secret is empty');
    const parsed = JSON.parse(world.credentials.secretOf('gcs'));
    const doubled = JSON.stringify({
      ...parsed,
      private_key: String(parsed.private_key).replaceAll('\n', '\\n'),
    });
    const { errors } = await cli(add, doubled);
    expect(errors).toContain('private_key has \\n, two characters, where lines end');
    expect(errors).not.toContain('BEGIN');
  });

  test('that will not last, or may not write, is warned of', async () => {
    const expired = sasSecret(world.credentials.azure, Date.now() - hour);
    const readOnly = expired.replace('sp=cw', 'sp=r');
    const added = await cli(`account add sas ${azure} --secret-file -`, readOnly);
    expect(added.exitCode).toBe(0);
    const warnings = [
      '! it is not so that the SAS is valid for long enough: it expired at',
      '! it is not so that the SAS allows to create and write, and nothing else: it lacks Create (c)',
    ];
    for (const warning of warnings) expect(added.output).toContain(warning);
    const updated = await cli('account update sas --secret-file -', readOnly);
    for (const warning of warnings) expect(updated.output).toContain(warning);
    const elsewhere = readOnly.replace(`/${buckets.azure}?`, '/elsewhere?');
    expect((await cli('account update sas --secret-file -', elsewhere)).output).toContain(
      '! it is not so that the SAS is for the container of the record: it is for the container elsewhere',
    );
    const line = { ...(await json('account show sas')).record, accountId: 'sas-2', secret: readOnly };
    await writeFile(join(folder, 'sas.ndjson'), JSON.stringify({ ...line, secretId: undefined }));
    const imported = await cli('account import file:sas.ndjson --check');
    expect(imported.output).toContain('! line 1: it is not so that the SAS is valid');
    await cli('account remove sas --yes');
  });
});

describe('what is printed', () => {
  beforeAll(async () => {
    await cli(`account add seen ${gcs} --secret-file file:gcs.json`);
    const { accountName } = world.credentials.azure;
    const forged = { accountName, accountKey: btoa('the key of another storage account') };
    const secret = sasSecret({ ...world.credentials.azure, ...forged }, Date.now() + hour);
    await cli(`account add forged ${azure} --secret-file -`, secret);
    const claimed = { ...(await json('account show seen')).record, accountId: 'claimed' };
    await addWithSecret(
      claimed,
      world.credentials.secretOf('gcs'),
      storesWith(() => world.tick(boundary)),
    );
  });

  test('of an account that was being added at a tick is a delivery to come, and none before', async () => {
    expect((await json('account show claimed')).record.status).toBe('active');
    expect((await json('deliveries claimed')).windows).toEqual([]);
    expect((await json('plan claimed')).owed).toHaveLength(1);
  });

  test('names the option that is meant: buckets are containers on Azure', async () => {
    const add = 'account add hint --time-zone UTC --secret-file file:s3.json';
    expect((await cli(`${add} --destination azure --bucket logs`)).errors).toContain('use --container');
    expect((await cli(`${add} --destination gcs --container logs`)).errors).toContain('use --bucket');
    expect((await cli(`${add} --destination gcs --bucket logs --time-zone Europe/Berlim`)).errors).toContain(
      'did you mean Europe/Berlin?',
    );
  });

  test('tells nothing of a file that will not be delivered', async () => {
    const secret = '--secret-file file:s3.json';
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
    await cli(`account add unseen ${gcs} --secret-file file:gcs.json`);
    const from = `--export-from ${toIso(boundary - 24 * hour)}`;
    expect((await cli(`account update unseen ${from}`)).output).not.toContain('!');
    expect((await cli(`account update seen ${from}`)).output).toContain(
      `! exportFrom counts only when an account is first seen: this one is exported through ${utcTime(boundary)}`,
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
    await cli(`account add unread ${gcs} --secret-file file:gcs.json`);
    const TableName = world.resources.environments.exporter.LEDGER_TABLE;
    const Item = marshall({ accountId: 'unread', entry: 'cursor', exportedThrough: 'yesterday', version: 1 });
    await world.aws.dynamodb.send(new PutItemCommand({ TableName, Item }));
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
      folder,
      environment: { AWS_EC2_METADATA_DISABLED: 'true', HOME: folder, ...environment },
    });
    expect(ended).toMatchObject({ exitCode, errors: expect.stringContaining('the profile "nope"') });
  });
});
