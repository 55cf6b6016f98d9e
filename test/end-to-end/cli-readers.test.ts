import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { toIso } from '../../lambdas/domain/instant.ts';
import { boundary, hour, s3, startLocalMode } from './local-commands.ts';

const local = startLocalMode();
const { cli, json } = local;
const window = `--window ${toIso(boundary)}`;

const rows = ['Signed in', 'Deleted a document', 'Moved Ωmega'].map((action, index) => ({
  recordedAt: boundary - hour + index,
  values: { action, email: 'eva@example.com', description: 'Grüße' },
}));

beforeAll(async () => {
  const files = '--format ocsf --compression none --empty-windows skip';
  const since = `--export-from ${toIso(boundary - 7 * hour)}`;
  await cli(`account add acme ${s3} --secret-file s3.json ${files} ${since}`);
  await cli(`account add globex ${s3} --secret-file s3.json --reader splunk --prefix siem`);
  await local.world.writeRows('acme', rows);
  await local.world.tick(boundary);
  await writeFile(
    join(local.folder, 'other.json'),
    '{"rules": [{"prefix": "Moved ", "verb": "update"}, {"exact": "Purged", "verb": "delete"}]}',
  );
});

/** The delivered window with rows. */
async function deliveredFile() {
  const { windows } = await json('deliveries acme');
  return windows.at(-1).files[0];
}

describe('OCSF events', () => {
  test('are delivered with the mapping of the stage, and a window without records gives no file', async () => {
    const { windows, gaps } = await json('deliveries acme');
    expect(gaps).toEqual([]);
    expect(windows).toMatchObject([
      { records: 0, files: [{ key: null, bytes: 0, mapping: expect.stringMatching(/^[0-9a-f]{16}$/) }] },
      { records: 3, files: [{ key: expect.stringMatching(/\.json$/), format: 'ocsf', compression: 'none' }] },
    ]);
    expect((await cli('deliveries acme')).output).toContain('2 windows, 1 file, 3 records');
    expect((await cli('account show acme')).output).toMatch(
      /^file +ocsf, not packed, none for a window without records$/m,
    );
  });

  test('are checked in a downloaded file', async () => {
    const { key } = await deliveredFile();
    const name = key.split('/').at(-1);
    await writeFile(join(local.folder, name), await local.world.customers.s3.download(key));
    expect(await json(`inspect ${name} --ledger`)).toMatchObject({
      sound: true,
      accountId: 'acme',
      format: 'ocsf',
      records: 3,
      unreadableDates: 0,
      outsideWindow: 0,
      firstDate: toIso(boundary - hour),
    });
    const lines = (await readFile(join(local.folder, name), 'utf8')).replace('"time":', '"time":1');
    await writeFile(join(local.folder, name), lines);
    expect(await json(`inspect ${name}`)).toMatchObject({
      sound: false,
      faults: ['line 1: its time is another instant than its metadata.original_time'],
    });
  });

  test('are written again with the actions of the time, and otherwise only if that is wanted', async () => {
    const { key, sha256, mapping } = await deliveredFile();
    const before = Buffer.from(await local.world.customers.s3.download(key));
    await local.world.customers.s3.lose(key);
    const other = await cli(`redeliver acme ${window} --actions other.json`);
    expect(other.exitCode).toBe(1);
    expect(other.output).toContain(`${mapping} in the ledger`);
    expect(await json(`redeliver acme ${window} --actions other.json`)).toMatchObject({
      files: [{ outcome: 'mapped otherwise', records: 3 }],
    });
    expect(await cli(`redeliver acme ${window} --actions nowhere.json`)).toMatchObject({ exitCode: 2 });
    expect(await json(`redeliver acme ${window}`)).toMatchObject({
      files: [{ key, outcome: 'written', records: 3, bytes: before.length }],
    });
    expect(Buffer.from(await local.world.customers.s3.download(key)).equals(before)).toBe(true);
    expect((await deliveredFile()).sha256).toBe(sha256);
    await local.world.customers.s3.lose(key);
    const now = await cli(`redeliver acme ${window} --actions other.json --as-it-is-now`);
    expect(now).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('written with the present rows and actions'),
    });
  });

  test('of a window without a file cannot be written again', async () => {
    expect(await cli(`redeliver acme --window ${toIso(boundary - 4 * hour)}`)).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('there is nothing to write again'),
    });
  });
});

describe('the actions of an audit log', () => {
  test('are shown with the rule that matches each', async () => {
    expect(await json('actions check acme')).toMatchObject({
      accountId: 'acme',
      rows: 3,
      actions: [
        { action: 'Moved Ωmega', rule: null, verb: 'other' },
        { action: expect.any(String), rule: expect.any(Number) },
        { action: expect.any(String), rule: expect.any(Number) },
      ],
    });
    const { exitCode, output } = await cli('actions check acme --actions other.json');
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^ +1 {2}Signed in +other +unknown +none$/m);
    expect(output).toContain('rules.1: exact Purged');
    expect(output).not.toContain('Grüße');
    expect(await cli('actions check nobody')).toMatchObject({ exitCode: 2 });
  });
});

describe('a kit', () => {
  test('is written for an account of the stage, with what its reader can read', async () => {
    const out = join(local.folder, 'globex-splunk');
    expect(await json('account show globex')).toMatchObject({
      record: { reader: 'splunk', compression: 'gzip' },
      warnings: [],
    });
    expect(await json(`reader splunk globex --out ${out}`)).toMatchObject({
      accountId: 'globex',
      folder: out,
      files: expect.arrayContaining(['README.md']),
      warnings: [],
    });
    const again = await cli(`reader splunk globex --out ${out}`);
    expect(again).toMatchObject({ exitCode: 2, errors: expect.stringContaining('is not empty') });
    const other = await json(`reader splunk globex --out ${out}-2 --actions other.json`);
    expect(other.warnings).toEqual([expect.stringContaining('deployed with other actions')]);
  });

  test('is refused for files that it cannot read, and the commands warn of them', async () => {
    const out = join(local.folder, 'refused');
    expect((await cli(`reader splunk acme --out ${out}`)).errors).toContain(
      'account update acme --format ndjson',
    );
    const changed = await cli('account update globex --reader secops --compression zip');
    expect(changed).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('! a feed of Google SecOps'),
    });
    expect(changed.output).toContain('account update globex --compression gzip');
    expect((await cli('verify globex')).output).toMatch(/^! its reader can read the files/m);
    expect((await cli('doctor')).output).toMatch(
      /^! files that their readers can read: 1 account whose reader cannot read the files$/m,
    );
    expect((await cli(`reader secops globex --out ${out}`)).errors).toContain('expected compression gzip');
  });
});
