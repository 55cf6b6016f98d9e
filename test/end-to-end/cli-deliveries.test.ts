import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { utcTime } from '../../cli/terminal/wording.ts';
import { fileEntry } from '../../lambdas/aws/ledger-items.ts';
import { encodeMessage } from '../../lambdas/domain/export-message.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import { scheduledEvent } from '../../local/run-ticks.ts';
import { buckets } from '../../local/tour/customers.ts';
import { azure, boundary, gcs, hour, s3, startLocalMode } from './local-commands.ts';

const minute = 60_000;

const local = startLocalMode();
const { cli, json } = local;

beforeAll(async () => {
  await cli(`account add acme ${s3} --secret-file s3.json`);
  await cli(`account add globex ${gcs} --secret-file gcs.json`);
  await cli(`account add initech ${azure} --secret-file azure.txt`);
});

describe('what was delivered', () => {
  beforeAll(async () => {
    for (const accountId of ['acme', 'globex', 'initech'])
      await local.world.writeRows(accountId, [row(-5 * hour), row(-3 * hour), row(-2 * hour)]);
    await cli(`account update acme --export-from ${toIso(boundary - 7 * hour)}`);
    await local.world.tick(boundary);
  });

  test('shows in deliveries, list and show', async () => {
    const { windows, gaps } = await json('deliveries acme');
    expect(windows.map(({ records }: { records: number }) => records)).toEqual([1, 2]);
    expect(gaps).toEqual([]);
    const { output } = await cli(`deliveries acme --since ${toIso(boundary + hour)}`);
    expect(output).toContain('No window that ended at');
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
    expect(added.output).toContain(`up to ${stood}: the export continues there, with every window since.`);
    expect(added.output).toContain(`due at ${utcTime(boundary + 4 * hour)}`);
    await cli('account remove initech --yes');
    const again = await json(`account add initech ${azure} --secret-file azure.txt`);
    expect(again).toMatchObject({ exportedThrough: toIso(boundary) });
  });

  test('is written again if it is lost, and refused if it is there or has changed', async () => {
    const window = `--window ${toIso(boundary)}`;
    const [file] = (await json('deliveries acme')).windows[1].files;
    expect(await json(`redeliver acme ${window}`)).toMatchObject({ files: [{ outcome: 'there already' }] });
    const before = Buffer.from(await local.world.customers.s3.download(file.key));
    await local.world.customers.s3.lose(file.key);
    expect(await json(`redeliver acme ${window}`)).toMatchObject({ files: [{ outcome: 'written' }] });
    expect(Buffer.from(await local.world.customers.s3.download(file.key)).equals(before)).toBe(true);

    await local.world.customers.s3.lose(file.key);
    await cli('account update acme --prefix elsewhere');
    expect(await cli(`redeliver acme ${window}`)).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining(`✓ ${file.key}: written again`),
    });

    await local.world.customers.s3.lose(file.key);
    await local.world.writeRows('acme', [row(-1 * hour)]);
    const changed = await cli(`redeliver acme ${window}`);
    expect(changed).toMatchObject({ exitCode: 1 });
    expect(changed.output).toContain('3 records and different bytes; 2 records');
    const asItIsNow = await cli(`redeliver acme ${window} --as-it-is-now`);
    expect(asItIsNow).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('written with the present rows'),
    });
    expect(asItIsNow.output).toContain('3 records and different bytes; 2 records');
    await writeFile(
      join(local.folder, file.key.split('/').at(-1)),
      await local.world.customers.s3.download(file.key),
    );
    const name = file.key.split('/').at(-1);
    expect(await json(`inspect ${name}`)).toMatchObject({ sound: true, records: 3, accountId: 'acme' });
    expect(await json(`inspect ${name} --ledger`)).toMatchObject({ sound: false, faults: { length: 2 } });
  });

  test('can be traced to its rows, the malformed ones with what is wrong with them', async () => {
    await local.world.writeRows('globex', [
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
    expect(output).toContain('! action: a number instead of text');
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
      local.world.aws.dynamodb.send(
        new DeleteItemCommand({
          TableName: local.world.resources.environments.exporter.LEDGER_TABLE,
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
    expect(output).toContain('✓ The export is queued. For its progress: "npx siem-export --local');
    expect(await queued()).toBe(1);
    // The dispatcher must not send a message for this tick again.
    await local.world.tick(boundary);
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
    expect(await refusal()).toContain('now is paused. First run "npx siem-export --local');
    await cli('account resume now');
    await cli('account update now --add-on-expires-at 2020-01-01T00:00:00Z');
    expect(await refusal()).toContain('The add-on of now ended at 2020-01-01 00:00 UTC');
    const { ACCOUNTS_TABLE: TableName } = local.world.resources.environments.exporter;
    await local.world.aws.dynamodb.send(
      new PutItemCommand({ TableName, Item: marshall({ accountId: 'now' }) }),
    );
    expect(await refusal()).toContain('The account record is invalid; nothing was changed:');
    await local.world.aws.dynamodb.send(
      new DeleteItemCommand({ TableName, Key: { accountId: { S: 'now' } } }),
    );
    expect(await refusal()).toContain('There is no account "now"');
    expect(await queued()).toBe(0);
  });
});

describe('the queue', () => {
  test('gets dead letters back, but never foreign messages', async () => {
    const { exportQueue } = local.world.resources;
    for (const MessageBody of [encodeMessage({ accountId: 'globex', tick: boundary }), 'nonsense'])
      await local.world.aws.sqs.send(
        new SendMessageCommand({ QueueUrl: exportQueue.deadLetterUrl, MessageBody }),
      );
    expect(await cli('status')).toMatchObject({ exitCode: 1 });
    expect(await json('doctor')).toMatchObject({ healthy: false, fixed: [] });
    expect(await json('retry')).toMatchObject({ moved: 0, messages: { length: 2 } });
    expect(await json('retry --discard-foreign')).toMatchObject({ discarded: 0, messages: { length: 2 } });
    expect(await json('retry --yes --discard-foreign')).toMatchObject({ moved: 1, discarded: 1, removed: 0 });
    expect(await json('status')).toMatchObject({ deadLetters: 0, queue: { waiting: 1 } });
    expect(await cli('retry')).toMatchObject({ exitCode: 0, output: 'The dead-letter queues are empty.\n' });
  });
});

test('lost ticks are shown with their reason, and removed once a later tick covered them', async () => {
  const lost = (time: number) => JSON.stringify(scheduledEvent(time));
  const failed = JSON.stringify({
    requestContext: {
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:siem-export-local-dispatcher:$LATEST',
      condition: 'RetriesExhausted',
    },
    requestPayload: scheduledEvent(boundary),
    responsePayload: { errorMessage: 'AccessDeniedException' },
  });
  const { triggerDeadLetterUrl: QueueUrl } = local.world.resources;
  // A run of the watchdog after the dispatcher’s last tick.
  const round = {
    ...scheduledEvent(boundary + hour),
    resources: ['arn:aws:events:us-east-1:000000000000:rule/siem-export-local-watch-at-40'],
  };
  for (const MessageBody of [lost(boundary - hour), failed, lost(boundary + hour), JSON.stringify(round)])
    await local.world.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const { exitCode, output } = await cli('retry');
  expect(exitCode).toBe(1);
  expect(output).toContain('siem-export-local-dispatcher: AccessDeniedException');
  expect(output).toContain('EventBridge could not start the function');
  expect(output).toContain('4 messages left. --yes removes lost ticks that a later tick covered.');
  const standing = await cli('status');
  expect(standing).toMatchObject({
    exitCode: 1,
    output: expect.stringMatching(/dead letters +4 lost ticks \(/),
  });
  expect(await cli('doctor')).toMatchObject({ exitCode: 1 });
  expect(await json('retry --yes')).toMatchObject({ removed: 3, ticks: { length: 4 } });
  expect(await json('retry')).toMatchObject({
    ticks: [{ of: 'dispatcher', due: toIso(boundary + hour) }],
    heldElsewhere: 0,
  });
  expect((await cli('retry --yes')).output).toContain(
    '1 message left. A lost tick can be removed once a later tick has covered it.',
  );
});

test('what a small object cannot show is told beside it: a last failure, a pause, an audit log without rows', async () => {
  const { LEDGER_TABLE: TableName } = local.world.resources.environments.exporter;
  await cli(`account add hooli ${gcs} --secret-file gcs.json`);
  const fresh = await cli('verify hooli');
  expect(fresh).toMatchObject({ exitCode: 0, output: expect.stringContaining('! the audit log has rows') });
  await local.world.writeRows('hooli', [row(-hour)]);
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
  await local.world.aws.dynamodb.send(new PutItemCommand({ TableName, Item: marshall(failed) }));
  const { exitCode, output } = await cli('verify hooli');
  expect(exitCode).toBe(1);
  expect(output).toContain('    → The customer moves the object away, or: npx siem-export --local');
  expect(output).toContain('Exports of hooli can be written, but the last export failed: object_exists, at');
  expect(output).toMatch(
    /\nThe windows owed are delivered at its next boundary, or now with: npx .* export hooli\n$/,
  );
  expect(await json('verify hooli')).toMatchObject({ verified: false });
  await cli('account remove hooli --yes');
  const Key = marshall({ accountId: 'hooli', entry: 'cursor' });
  await local.world.aws.dynamodb.send(new DeleteItemCommand({ TableName, Key }));
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
  expect(two.output).toContain('2 accounts: 2 passed, 0 failed.');

  await cli(`account add müller/söhne ${gcs} --secret-file gcs.json`);
  await cli(`account add hooli ${gcs} --secret-id siem-export/local/nothing`);
  const all = await cli('verify --all');
  expect(all.exitCode).toBe(1);
  expect(all.output).toMatch(/^✗ hooli: the secret can be read: secret_missing: /m);
  expect(all.output).toMatch(/^5 accounts: 4 passed, 1 failed\.\nWhat to do: .* verify <account>$/m);
  expect(all.output).toMatch(/^! müller\/söhne: the audit log has rows of the account: it has none/m);
  const { accounts } = await json('verify --state new');
  expect(accounts.map((each: { accountId: string }) => each.accountId)).toEqual(['hooli', 'müller/söhne']);
  await cli('account remove hooli --yes');
});

function row(offset: number) {
  return {
    recordedAt: boundary + offset + minute,
    values: { action: 'Signed in', email: 'eva@example.com' },
  };
}
