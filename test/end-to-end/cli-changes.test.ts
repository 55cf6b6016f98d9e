import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../cli/main.ts';
import { type LocalServer, startHttpServer } from '../../local/servers/http-server.ts';
import { ServiceFault, startJsonProtocolServer } from '../../local/servers/json-protocol-server.ts';
import { bucketRegion, buckets } from '../../local/tour/customers.ts';
import { runHere } from './command-line.ts';
import { boundary, hour, key, nameOf, s3, startLocalMode } from './local-commands.ts';

const local = startLocalMode();
const { cli, json } = local;

/** A command that waits for its input. When this returns, it has read the account. */
async function waiting(command: string) {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const written = Promise.all([text(output), text(errors)]);
  const ended = runCommandLine(local.wordsOf(command), {
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

/** Runs a command that a signal interrupts. */
async function interrupted(command: string, stateFile: string, signal: AbortSignal) {
  const errors = new PassThrough();
  const exitCode = await runCommandLine(local.wordsOf(command, stateFile), {
    input: new PassThrough().end(),
    output: new PassThrough(),
    errors,
    interrupted: signal,
    putClockForward: () => undefined,
  });
  return { exitCode, errors: await text(errors.end()) };
}

/** Writes a state file with which commands use another server for one AWS service; returns its name. */
async function inPlaceOf(service: 'SECRETS_MANAGER' | 'EVENTBRIDGE', { endpoint }: LocalServer) {
  const state = JSON.parse(await readFile(join(local.folder, 'local.json'), 'utf8'));
  const aws = { ...state.aws, [`AWS_ENDPOINT_URL_${service}`]: endpoint };
  const name = `without-${service}.json`;
  await writeFile(join(local.folder, name), JSON.stringify({ ...state, aws }));
  return name;
}

async function putRecord(record: object): Promise<void> {
  const { ACCOUNTS_TABLE: TableName } = local.world.resources.environments.exporter;
  await local.world.aws.dynamodb.send(new PutItemCommand({ TableName, Item: marshall(record) }));
}

describe('every change of an account', () => {
  const announced = (account: string) =>
    local.world.aws.events.events
      .filter(({ detailType, detail }) => detailType === 'Account Changed' && detail.accountId === account)
      .map(({ detail: { accountId: _, changedBy, changedAt, ...what } }) => {
        expect(changedBy).toBe('local mode');
        expect(Math.abs(Date.parse(String(changedAt)) - boundary)).toBeLessThanOrEqual(4 * hour);
        return what;
      });

  test('is one event a command, which names what, who and when', async () => {
    const [before, behind] = [`s3://${buckets.s3}`, `s3://${buckets.s3}/siem`];
    await cli(`account add told ${s3} --secret-file s3.json`);
    await cli('account update told --prefix siem --secret-file s3.json');
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
    for (const replace of ['update late --secret-file s3.json', 'import late.ndjson --replace']) {
      const place = `s3://${buckets.s3}`;
      const destination = { type: 's3', bucket: buckets.s3, region: bucketRegion };
      const record = { accountId: 'late', timeZone: 'UTC', status: 'paused', destination };
      await putRecord({ ...record, secretId: nameOf('late') });
      await writeFile(
        join(local.folder, 'late.ndjson'),
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
      local.world.aws.events.events.filter(({ detailType }) => detailType === 'Account Changed').length;
    await cli(`account add same ${s3} --secret-file s3.json`);
    const before = count();
    expect(before).toBeGreaterThan(0);
    await cli(`account add same ${s3} --secret-file s3.json`);
    await cli(`account update same --bucket ${buckets.s3}`);
    await cli('account resume same');
    expect(count()).toBe(before);
  });

  test('is finished although it is interrupted, and its event sent', async () => {
    let interruption = new AbortController();
    const secrets = local.world.aws.environment.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? '';
    const interrupting = await startHttpServer(async (request, response) => {
      const body = await buffer(request);
      interruption.abort();
      const headers = { 'x-amz-target': String(request.headers['x-amz-target']) };
      const answer = await fetch(secrets, { method: 'POST', headers, body });
      response.writeHead(answer.status).end(await answer.text());
    });
    const stateFile = await inPlaceOf('SECRETS_MANAGER', interrupting);
    for (const command of [
      `account add broken-off ${s3} --secret-file s3.json`,
      'account update broken-off --format json --secret-file s3.json',
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
  const denied = (command: string) => runHere(local.wordsOf(command, stateFile));
  const saying = (...accountIds: readonly string[]) =>
    `siem-export: these accounts were changed, but their event "Account Changed" could not be sent: AWS denies you access: User eva may not call events:PutEvents\n${accountIds.map(id => `  "${id}"\n`).join('')}`;

  test('an account is added and changed all the same, and the exit code is 1', async () => {
    const added = await denied(`account add mute ${s3} --secret-file s3.json`);
    expect(added).toMatchObject({ exitCode: 1, errors: saying('mute') });
    expect(added.output).toContain('✓ mute is added.');
    expect((await json('account show mute')).record.status).toBe('active');
    const updated = await denied(`--json account update mute --prefix siem --secret-file s3.json`);
    expect(updated).toMatchObject({ exitCode: 1, errors: saying('mute') });
    expect(JSON.parse(updated.output)).toMatchObject({ changed: ['destination', 'secret'] });
    expect((await json('account show mute')).record.destination.prefix).toBe('siem');
    expect(await denied('account remove mute --yes')).toMatchObject({ exitCode: 1, errors: saying('mute') });
    await expect(local.stored('mute')).rejects.toThrow();
  });

  test('many accounts are changed to the last, and each is named', async () => {
    const destination = { type: 's3', bucket: buckets.s3, region: bucketRegion };
    await writeFile(
      join(local.folder, 'mute.ndjson'),
      ids
        .map(accountId => ({ accountId, timeZone: 'UTC', status: 'active', destination }))
        .map(record => `${JSON.stringify({ ...record, secretFile: 's3.json' })}\n`)
        .join(''),
    );
    await writeFile(join(local.folder, 'mute.txt'), ids.join('\n'));
    for (const command of ['import mute.ndjson', 'pause --from mute.txt', 'remove --from mute.txt --yes']) {
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
    const ended = await interrupted('account import mute.ndjson', stateFile, interruption.signal);
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
    await cli(`account add two ${s3} --secret-file s3.json`);
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
    await cli(`account add two ${s3} --secret-file s3.json`);
    const slow = await waiting('account update two --bucket-region us-west-2 --secret-file -');
    await cli(`account update two --destination gcs --bucket ${buckets.gcs} --secret-file gcs.json`);
    const { exitCode, errors } = await slow(key('SLOW'));
    expect(exitCode).toBe(1);
    expect(errors).toContain('expected no attribute region');
    expect(errors).toContain(`the secret ${nameOf('two')} was`);
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
    expect(await local.stored('both')).toBe(key(`KEY${winner}`));
    expect((await json('account show both')).record.status).toBe('active');
    await cli('account remove both --yes');
  });
});
