import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ReaderOptions, writeKit } from '../../../../../cli/commands/reader/write-kit.ts';
import { CommandError } from '../../../../../cli/terminal/command-error.ts';
import type { Actions } from '../../../../../lambdas/domain/actions.ts';
import type { KitReader } from '../../../../../lambdas/domain/reader.ts';
import { defaultActionsFile, readActionsFile } from '../../../../../readers/actions-file.ts';
import type { CreateKit, KitInput } from '../../../../../readers/kit.ts';
import { answeringTarget, contextOf, linesOf, product, schemaFaults } from '../../answering-target.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-reader-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const record = {
  accountId: 'müller/söhne',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 's3', bucket: 'mueller', region: 'eu-central-1', prefix: 'vendors/siem' },
  secretId: 'siem-export/prod/x',
  compression: 'gzip',
};
const deployed: Actions = readActionsFile(defaultActionsFile).data ?? [];

/** A kit whose files contain what it is made from. */
const createKit: CreateKit = input => [
  { path: 'README.md', text: `Read ${JSON.stringify(input.source)}\n` },
  { path: 'app/default/inputs.conf', text: JSON.stringify(input) },
];

interface Asked {
  readonly reader?: KitReader;
  readonly accountId?: string;
  readonly options?: Partial<ReaderOptions>;
  readonly records?: readonly Record<string, unknown>[];
  readonly actions?: Actions;
  readonly kit?: CreateKit;
}

/** Writes a kit; an account opens a stage with these records. */
function write({
  reader = 'splunk',
  accountId,
  options,
  records = [record],
  actions,
  kit = createKit,
}: Asked) {
  const target =
    accountId === undefined ? undefined : answeringTarget({ records, deployed: actions ?? deployed });
  const out = join(folder, 'kit');
  return writeKit(contextOf(target), reader, accountId, { out, ...options }, async () => kit);
}

const inputOf = async (out = 'kit') =>
  JSON.parse(await readFile(join(folder, out, 'app/default/inputs.conf'), 'utf8')) as KitInput;

/** The message of the refusal. Nothing may be left behind. */
async function refusal(asked: Asked): Promise<string> {
  const before = await readdir(folder, { recursive: true });
  const thrown = await write(asked).catch((error: unknown) => error);
  expect(await readdir(folder, { recursive: true })).toEqual(before);
  expect(thrown).toBeInstanceOf(CommandError);
  expect((thrown as CommandError).code).toBe('usage');
  return (thrown as CommandError).message;
}

describe('a kit for an account', () => {
  test('is made from its record and the names that the stage has', async () => {
    const report = await write({ accountId: record.accountId });
    expect(await inputOf()).toEqual({
      accountId: record.accountId,
      source: { type: 's3', bucket: 'mueller', region: 'eu-central-1' },
      folder: 'vendors/siem/audit/bcO8bGxlci9zw7ZobmU/',
      compression: 'gzip',
      product,
      actions: deployed,
    });
    expect(report.json).toEqual({
      reader: 'splunk',
      accountId: record.accountId,
      folder: join(folder, 'kit'),
      files: ['README.md', 'app/default/inputs.conf'],
      warnings: [],
    });
    expect(schemaFaults(report, 'reader')).toEqual([]);
    expect(linesOf(report)).toEqual([
      '✓ The kit for Splunk is written, 2 files:',
      `    ${join(folder, 'kit/README.md')}`,
      `    ${join(folder, 'kit/app/default/inputs.conf')}`,
      `  Next: read ${join(folder, 'kit/README.md')}`,
    ]);
    expect(await readdir(folder)).toEqual(['kit']);
  });

  test.each([
    [{ type: 'gcs', bucket: 'mueller' }, 'none', { type: 'gcs', bucket: 'mueller' }],
    [
      { type: 'azure', storageAccount: 'mueller', container: 'siem' },
      'gzip',
      { type: 'azure', storageAccount: 'mueller', container: 'siem', host: 'mueller.blob.core.windows.net' },
    ],
    [
      { type: 'azure', storageAccount: 'mueller', container: 'siem', cloud: 'china' },
      'none',
      {
        type: 'azure',
        storageAccount: 'mueller',
        container: 'siem',
        host: 'mueller.blob.core.chinacloudapi.cn',
      },
    ],
  ])('reads from %j', async (destination, compression, source) => {
    await write({
      accountId: record.accountId,
      records: [{ ...record, destination, compression }],
    });
    expect(await inputOf()).toMatchObject({
      source,
      compression,
      folder: 'audit/bcO8bGxlci9zw7ZobmU/',
    });
  });

  test('warns of a stage that was deployed with other actions', async () => {
    const report = await write({ accountId: record.accountId, actions: [] });
    expect(report.json).toMatchObject({
      warnings: [expect.stringMatching(/deployed with other actions than .*actions\.json, .* --actions/)],
    });
    expect(report.problem).toBeFalsy();
    expect(linesOf(report)).toContainEqual(expect.stringMatching(/^! the stage was deployed/));
  });

  test('warns of a record that names another reader', async () => {
    const records = [{ ...record, reader: 'qradar' }];
    const report = await write({ accountId: record.accountId, records });
    expect(report.json).toMatchObject({
      warnings: [
        expect.stringContaining('siem-export --stage prod account update müller/söhne --reader splunk'),
      ],
    });
    const same = await write({
      accountId: record.accountId,
      records,
      reader: 'qradar',
      options: { out: join(folder, 'other') },
    });
    expect(same.json).toMatchObject({ warnings: [] });
  });
});

describe('a kit for no account', () => {
  test('opens no stage, and has placeholders and the best that the reader takes', async () => {
    const report = await write({ reader: 'elastic' });
    expect(await inputOf()).toEqual({
      accountId: 'ACCOUNT',
      source: { type: 's3', bucket: 'BUCKET', region: 'REGION' },
      folder: 'FOLDER/',
      compression: 'gzip',
      product: { name: 'PRODUCT', vendor: 'VENDOR' },
      actions: deployed,
    });
    expect(report.json).toMatchObject({ accountId: null, warnings: [] });
    expect(schemaFaults(report, 'reader')).toEqual([]);
    expect(linesOf(report)).toContain('    REGION: the bucket’s region');
    expect(linesOf(report).join()).not.toContain('CONTAINER');
  });

  test('reads from the cloud that is asked for', async () => {
    const report = await write({ reader: 'datadog', options: { destination: 'azure' } });
    expect(await inputOf()).toMatchObject({
      source: { type: 'azure', host: 'STORAGE_ACCOUNT.blob.core.windows.net' },
      compression: 'none',
    });
    expect(linesOf(report)).toContain('    CONTAINER: the container');
    await write({ options: { destination: 'gcs', out: join(folder, 'gcs') } });
    expect(await inputOf('gcs')).toMatchObject({ source: { type: 'gcs' }, compression: 'none' });
  });

  test('has the actions of the file that is named', async () => {
    const path = join(folder, 'actions.json');
    await writeFile(path, '{"rules": [{"prefix": "Read ", "verb": "read"}]}');
    await write({ options: { actions: path } });
    expect((await inputOf()).actions).toEqual([
      { kind: 'prefix', text: 'Read ', verb: 'read', outcome: 'unknown' },
    ]);
  });
});

describe('nothing is written', () => {
  test('for an account that is not there', async () => {
    expect(await refusal({ accountId: 'mueller' })).toContain('There is no account "mueller"');
  });

  test('for a record that is invalid', async () => {
    const records = [{ ...record, timeZone: 'Mars', status: 'on' }];
    const message = await refusal({ accountId: record.accountId, records });
    expect(message).toContain('nothing was written');
    expect(message).toMatch(/timeZone[\s\S]*status|status[\s\S]*timeZone/);
  });

  test('from a cloud that the reader cannot read', async () => {
    const impossible =
      'QRadar has no protocol that reads files in Google Cloud Storage; nothing was written. A kit for IBM QRadar reads from s3';
    expect(await refusal({ reader: 'qradar', options: { destination: 'gcs' } })).toBe(impossible);
    const records = [{ ...record, destination: { type: 'gcs', bucket: 'mueller' } }];
    expect(await refusal({ reader: 'qradar', accountId: record.accountId, records })).toBe(impossible);
  });

  test('for files that the reader cannot read, and what makes them fit is told', async () => {
    const destination = { type: 'gcs', bucket: 'mueller' };
    const records = [{ ...record, destination, format: 'json', compression: 'zip' }];
    const message = await refusal({ reader: 'elastic', accountId: record.accountId, records });
    expect(message).toContain('Elastic cannot read the files of "müller/söhne"; nothing was written:');
    expect(message).toContain('expected compression gzip or none, got zip');
    expect(message).toContain(
      '→ siem-export --stage prod account update müller/söhne --format ndjson --compression gzip --empty-windows skip',
    );
  });

  test.each(['json', 'ocsf'])('for the format %s, which a kit does not map', async format => {
    const message = await refusal({ accountId: record.accountId, records: [{ ...record, format }] });
    expect(message).toContain('expected format ndjson');
    expect(message).toMatch(/account update müller\/söhne --format ndjson$/);
  });

  test('for a destination beside an account, whose record has one', async () => {
    expect(await refusal({ accountId: 'acme', options: { destination: 's3' } })).toContain('--destination');
  });

  test('into a folder that has files, and is into an empty one', async () => {
    await mkdir(join(folder, 'kit'));
    await writeFile(join(folder, 'kit/notes.txt'), 'mine');
    expect(await refusal({})).toMatch(/kit is not empty; nothing was written\. Give another folder/);
    await rm(join(folder, 'kit/notes.txt'));
    await write({});
    expect(await readdir(join(folder, 'kit'))).toEqual(['README.md', 'app']);
  });

  test('in the place of a file, or below one, or of the folder that one is in', async () => {
    await writeFile(join(folder, 'kit'), '');
    expect(await refusal({})).toContain('a part of its path is a file');
    expect(await refusal({ options: { out: join(folder, 'kit/deeper') } })).toContain(
      'a part of its path is a file',
    );
    expect(await refusal({ options: { out: '.' } })).toContain('the one that you are in');
  });

  test('with actions that are invalid, and each fault is told', async () => {
    const path = join(folder, 'actions.json');
    await writeFile(path, '{"rules": [{"exact": "x", "verb": "y"}, {"verb": "login"}]}');
    const message = await refusal({ options: { actions: path } });
    expect(message).toMatch(/^The actions are invalid:\n.*rules\.0\.verb: .*\n.*rules\.1: /);
  });

  test('if a file of it cannot be written: no half of a kit, and no folder that was made for it', async () => {
    const kit: CreateKit = input => [...createKit(input), { path: 'README.md/x', text: '' }];
    expect(await refusal({ kit })).toContain('cannot be written: a part of its path is a file');
    expect(await refusal({ kit, options: { out: join(folder, 'new/deep/kit') } })).toContain(
      'cannot be written',
    );
    await write({ options: { out: join(folder, 'new/deep/kit') } });
    expect(await readdir(join(folder, 'new/deep'))).toEqual(['kit']);
  });
});
