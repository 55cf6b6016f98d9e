import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { buckets, sasSecret } from '../../local/tour/customers.ts';
import { azure, gcs, hour, s3, startLocalMode } from './local-commands.ts';

const local = startLocalMode();
const { cli, json } = local;

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
    await cli(`account add acme ${gcs} --secret-file gcs.json`);
    await writeFile(join(local.folder, 'bulk.ndjson'), lines.join('\n'));
    const { exitCode, output, errors } = await cli('account import bulk.ndjson --json');
    expect(JSON.parse(output).error.faults).toHaveLength(4);
    expect(exitCode).toBe(2);
    expect(errors).toContain('4 faulty lines of 10,000; nothing was written');
    expect(errors).toContain('line 11: expected a JSON object');
    expect(errors).toMatch(/line 5000 \("bulk-4999"\): .*timeZone: .*destination.type: /);
    expect(errors).toContain('line 7001 ("bulk-1"): accountId: the same as in line 2');
    expect(errors).toContain('line 10000 ("acme"): the account exists');
    const { Count } = await local.world.aws.dynamodb.send(
      new ScanCommand({
        TableName: local.world.resources.environments.exporter.ACCOUNTS_TABLE,
        Select: 'COUNT',
      }),
    );
    expect(Count).toBe(1);
    await cli('account remove acme --yes');
  });

  test('that breaks off names the line, says how far it came, and can be repeated', async () => {
    const tooLarge = line('large', { note: 'x'.repeat(500_000) });
    await writeFile(join(local.folder, 'broken.ndjson'), [line('small'), tooLarge].join('\n'));
    const { exitCode, output, errors } = await cli('account import broken.ndjson --json');
    expect(exitCode).toBe(4);
    expect(JSON.parse(output).error.done).toBe(1);
    expect(errors).toContain('line 2 ("large"): Item size has exceeded');
    expect(errors).toContain('1 of 2 accounts are written; after the cause is removed');
    await writeFile(join(local.folder, 'broken.ndjson'), [line('small'), line('large')].join('\n'));
    expect(await json('account import broken.ndjson')).toMatchObject({ written: 1, unchanged: 1 });
    for (const accountId of ['small', 'large']) await cli(`account remove ${accountId} --yes`);
  });

  test('warns of attributes that are not known, once for all lines, and stores them', async () => {
    const lines = Array.from({ length: 7 }, (_, index) => line(`tool-${index}`, { plan: 'gold' }));
    lines[2] = line('tool-2', { plan: 'gold', adOnExpiresAt: '2020-01-01T00:00:00Z' });
    await writeFile(join(local.folder, 'tool.ndjson'), lines.join('\n'));
    const { exitCode, output } = await cli('account import tool.ndjson --check');
    expect(exitCode).toBe(0);
    expect(output).toContain('! lines 1, 2, 3, 4, 5 and 2 more: `plan` is unknown and ignored\n');
    expect(output).toContain(
      '! line 3: `adOnExpiresAt` is unknown and ignored; did you mean `addOnExpiresAt`?',
    );
    await writeFile(
      join(local.folder, 'tool.ndjson'),
      line('tool-1', { secretFile: undefined, secretfile: 'gcs.json' }),
    );
    const refused = await cli('account import tool.ndjson');
    expect(refused).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('did you mean `secretFile`?'),
    });
  });

  test('rotates the secret of an unchanged record if it may replace', async () => {
    const wrong = JSON.parse(local.world.credentials.secretOf('gcs'));
    wrong.client_email = 'nobody@example.iam.gserviceaccount.com';
    await writeFile(
      join(local.folder, 'rotate.ndjson'),
      line('rotated', { secretFile: undefined, secret: wrong }),
    );
    await cli('account import rotate.ndjson');
    expect(await json('verify rotated')).toMatchObject({ verified: false });
    await writeFile(join(local.folder, 'rotate.ndjson'), line('rotated'));
    expect(await json('account import rotate.ndjson')).toMatchObject({ written: 0, unchanged: 1 });
    expect(await json('verify rotated')).toMatchObject({ verified: false });
    const replaced = await cli('account import rotate.ndjson --replace');
    expect(replaced.output).toContain('1 account written (1 of them the secret only), 0 unchanged.');
    expect(await json('verify rotated')).toMatchObject({ verified: true });
    await cli('account remove rotated --yes');
  });

  test('writes records with their secrets, and can be repeated', async () => {
    await writeFile(
      join(local.folder, 'few.ndjson'),
      [line('müller/söhne'), line('saffron-🚀'), ''].join('\n'),
    );
    expect(await json('account import few.ndjson --check')).toMatchObject({ lines: 2, written: 0 });
    expect(await json('account import few.ndjson')).toMatchObject({ written: 2, unchanged: 0 });
    expect(await json('account import few.ndjson')).toMatchObject({ written: 0, unchanged: 2 });
    expect(await json('verify saffron-🚀')).toMatchObject({ verified: true });
    expect(await cli('account resume müller/söhne saffron-🚀')).toMatchObject({ exitCode: 0 });
    expect((await json('account list --state new')).length).toBe(2);
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
    await writeFile(join(local.folder, 'held.ndjson'), `${line('held-1')}\n${line('held-2')}`);
    await cli('account import held.ndjson');
    await cli('account pause held-1');
    expect((await cli('account import held.ndjson')).errors).toContain(
      'line 1 ("held-1"): the account is paused; the rest of its record is the same',
    );
    const again = await cli('account import held.ndjson --replace');
    expect(again).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('! 1 account stays paused: held-1'),
    });
    expect(again.output).toContain('account resume held-1');
    await writeFile(
      join(local.folder, 'held.ndjson'),
      ['held-1', 'held-2'].map(id => line(id, { compression: 'gzip' })).join('\n'),
    );
    expect(await json('account import held.ndjson --replace')).toMatchObject({
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
    await writeFile(join(local.folder, 'empty.ndjson'), '\n \n');
    expect(await cli('account import empty.ndjson')).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('is empty'),
    });
    for (const [name, content] of [
      ['array', `[${line('array')}]`],
      ['pretty', `[\n  ${line('array')}\n]`],
    ]) {
      await writeFile(join(local.folder, `${name}.ndjson`), content ?? '');
      expect(await cli(`account import ${name}.ndjson`)).toMatchObject({
        exitCode: 2,
        errors: expect.stringContaining('one record per line, without an array around them'),
      });
    }
  });

  test('takes its lines from standard input, too', async () => {
    const typed = line('typed', { secretFile: join(local.folder, 'gcs.json') });
    expect(await cli('account import -', typed)).toMatchObject({ exitCode: 0 });
    expect(await json('verify typed')).toMatchObject({ verified: true });
    await cli('account remove typed --yes');
  });
});

describe('a credential', () => {
  test('larger than any is not read to its end', async () => {
    const large = { exitCode: 2, errors: expect.stringContaining('more than 65,536 bytes') };
    await writeFile(join(local.folder, 'large.json'), 'x'.repeat(65_537));
    for (const file of ['large.json', '/dev/zero'])
      expect(await cli(`account add large ${s3} --secret-file ${file}`)).toMatchObject(large);
    expect(await cli(`account add large ${s3} --secret-file -`, 'x'.repeat(200_000))).toMatchObject(large);
    const line = { accountId: 'large', timeZone: 'UTC', status: 'active' };
    for (const more of [{ secretFile: 'large.json' }, { secret: 'x'.repeat(65_537) }]) {
      const record = { ...line, ...more, destination: { type: 'gcs', bucket: buckets.gcs } };
      await writeFile(join(local.folder, 'large.ndjson'), JSON.stringify(record));
      const refused = await cli('account import large.ndjson');
      expect(refused).toMatchObject(large);
      expect(refused.errors).toContain('1 faulty line of 1;');
    }
  });

  test('that is empty, or was escaped twice, is told so', async () => {
    const add = `account add odd ${gcs} --secret-file -`;
    expect((await cli(add, ' \n')).errors).toContain('The secret is empty');
    const parsed = JSON.parse(local.world.credentials.secretOf('gcs'));
    const doubled = JSON.stringify({
      ...parsed,
      private_key: String(parsed.private_key).replaceAll('\n', '\\n'),
    });
    const { errors } = await cli(add, doubled);
    expect(errors).toContain('private_key contains \\n as two characters instead of line breaks');
    expect(errors).not.toContain('BEGIN');
  });

  test('that will not last, or may not write, is warned of', async () => {
    const expired = sasSecret(local.world.credentials.azure, Date.now() - hour);
    const readOnly = expired.replace('sp=cw', 'sp=r');
    const added = await cli(`account add sas ${azure} --secret-file -`, readOnly);
    expect(added.exitCode).toBe(0);
    const warnings = [
      '! check failed: the SAS is valid for long enough: it expired at',
      '! check failed: the SAS allows create and write, and nothing else: it lacks Create (c)',
    ];
    for (const warning of warnings) expect(added.output).toContain(warning);
    const updated = await cli('account update sas --secret-file -', readOnly);
    for (const warning of warnings) expect(updated.output).toContain(warning);
    const elsewhere = readOnly.replace(`/${buckets.azure}?`, '/elsewhere?');
    expect((await cli('account update sas --secret-file -', elsewhere)).output).toContain(
      '! check failed: the SAS is for the container of the record: it is for the container elsewhere',
    );
    const line = { ...(await json('account show sas')).record, accountId: 'sas-2', secret: readOnly };
    await writeFile(join(local.folder, 'sas.ndjson'), JSON.stringify({ ...line, secretId: undefined }));
    const imported = await cli('account import sas.ndjson --check');
    expect(imported.output).toContain('! line 1: check failed: the SAS is valid');
    await cli('account remove sas --yes');
  });
});

test('no command ever prints a secret', () => local.expectNoSecretPrinted());
