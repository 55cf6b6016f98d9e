import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isRunning } from '../../cli/stage/target/state-file.ts';
import { type KitReader, kitReaders, readerNames } from '../../lambdas/domain/reader.ts';
import { recordOfEvent } from '../../local/delivery/ocsf-record.ts';
import { openOutputFolder } from '../../local/delivery/output-folder.ts';
import { eventsOf } from '../../local/first-events.ts';
import { sampleAccountCount, sampleAccounts } from '../../local/sample/accounts.ts';

const project = join(import.meta.dirname, '../..');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npm start` with these options; kills it if it hangs. */
function start(...options: string[]): Promise<Ended> {
  return new Promise(resolve => {
    const command = [join(project, 'local/main.ts'), ...options];
    execFile(
      process.execPath,
      command,
      { cwd: folder, timeout: 120_000, killSignal: 'SIGKILL' },
      (error, stdout, stderr) =>
        resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}

function lastLine(stdout: string): unknown {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

interface DeliveredFile {
  readonly cloud: string;
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
  readonly accountId: string;
  /** Each record as written, without white space. */
  readonly records: readonly string[];
}

/** Every delivered file in a folder with the structure `<cloud>/<bucket>/<key>`. */
async function deliveredFiles(out: string): Promise<DeliveredFile[]> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true });
  const files = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => /audit_[\w-]+\.(zip|json\.gz|json)$/.test(file));
  return Promise.all(files.map(file => readDelivered(out, file)));
}

async function readDelivered(out: string, file: string): Promise<DeliveredFile> {
  const [cloud = '', bucket = '', ...key] = relative(out, file).split(sep);
  const body = await readFile(file);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(contentOf(file, body));
  const lines = text.split('\n').filter(line => line !== '');
  const records = text.startsWith('[')
    ? (JSON.parse(text) as unknown[]).map(record => JSON.stringify(record))
    : lines.map(line =>
        line.startsWith('{"Date"') ? JSON.stringify(JSON.parse(line)) : recordOfEvent(line),
      );
  const accountId = Buffer.from(key.at(-2) ?? '', 'base64url').toString();
  return { cloud, bucket, key: key.join('/'), body, accountId, records };
}

function contentOf(file: string, body: Buffer): Uint8Array | undefined {
  if (file.endsWith('.zip')) return Object.values(unzipSync(body))[0];
  return file.endsWith('.gz') ? gunzipSync(body) : body;
}

function recordsOf(files: readonly DeliveredFile[], accountId: string): string[] {
  return files
    .filter(file => file.accountId === accountId)
    .flatMap(({ records }) => records)
    .sort();
}

const product = { name: 'Example SaaS', vendor: 'Example' };

describe('npm start', () => {
  test('delivers every sample row exactly once, through all three clouds and to each reader', async () => {
    const out = join(folder, 'sample');
    const { exitCode, stdout, stderr } = await start('--json', '--out', out);
    expect(stderr).toContain('each exactly once');
    expect(exitCode).toBe(0);

    const files = await deliveredFiles(out);
    const seeded = (await readFile(join(out, 'rows.ndjson'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(seeded.length).toBeGreaterThan(1000);
    expect(lastLine(stdout)).toEqual({
      accounts: sampleAccountCount,
      windows: files.length,
      files: files.length,
      records: seeded.length,
      failed: 0,
      out,
    });
    expect(new Set(files.map(({ cloud }) => cloud))).toEqual(new Set(['s3', 'gcs', 'azure']));
    const accounts = new Set(seeded.map(({ accountId }) => accountId));
    expect(new Set(files.map(({ accountId }) => accountId))).toEqual(accounts);
    for (const accountId of accounts) {
      const expected = seeded
        .filter(row => row.accountId === accountId)
        .map(({ date, email = null, action, actionId, description, ipAddress = null }) =>
          JSON.stringify({
            Date: date,
            Email: email,
            Action: action,
            'Action ID': actionId,
            Description: description,
            'IP Address': ipAddress,
          }),
        );
      expect(recordsOf(files, accountId)).toEqual(expected.sort());
    }
    expect(files.filter(({ records }) => records.length === 0)).not.toEqual([]);

    const readers = sampleAccounts(sampleAccountCount, 0, '').filter(({ reader }) => reader !== undefined);
    expect(readers.map(({ reader }) => reader).sort()).toEqual([...kitReaders].sort());
    for (const record of readers) {
      const own = files.filter(({ accountId }) => accountId === record.accountId);
      const objects = own.map(({ key, body }) => ({ cloud: record.destination.type, bucket: '', key, body }));
      const events = await eventsOf(record.reader as KitReader, record, product, objects);
      const records = own.flatMap(file => file.records);
      // Sentinel has each record in two tables.
      for (const { length } of Map.groupBy(events, ({ table }) => table).values())
        expect({ reader: record.reader, events: length }).toEqual({
          reader: record.reader,
          events: records.length,
        });
      expect(events.length).toBeGreaterThan(0);
      expect(stderr).toContain(`${readerNames[record.reader as KitReader]} (`);
    }
  });

  test('delivers a person’s own rows, by either name of a field, from the first day to the last', async () => {
    const out = join(folder, 'own');
    const input = join(folder, 'own.ndjson');
    const rows = [
      { date: '2024-02-28T23:59:59+02:00', email: 'eva@example.com', action: 'Signed in', actionId: 'a1' },
      { Date: '2024-03-05T12:00:00Z', Email: 'ivo@example.com', Action: 'Left', 'Action ID': 7 },
      {
        accountId: '../../x',
        date: '2024-03-01T00:00:00Z',
        description: 'line one\nline two',
        ipAddress: '::1',
      },
      { accountId: 'é/🚀', date: '2024-03-02T08:00:00.5Z', recordedAt: '2024-03-02T08:00:01Z' },
      { accountId: 'é/🚀', date: '2024-03-02T08:00:00.5Z', recordedAt: '2024-03-02T08:00:01Z' },
    ];
    await writeFile(input, rows.map(row => JSON.stringify(row)).join('\n'));
    const { exitCode, stdout } = await start('--input', input, '--json', '--out', out);
    expect(exitCode).toBe(0);
    expect(lastLine(stdout)).toMatchObject({ accounts: 3, records: 5, failed: 0, out });

    const record = (values: object) => JSON.stringify({ ...empty, ...values });
    const files = await deliveredFiles(out);
    expect(recordsOf(files, 'local')).toEqual([
      record({
        Date: '2024-02-28T21:59:59.000Z',
        Email: 'eva@example.com',
        Action: 'Signed in',
        'Action ID': 'a1',
      }),
      record({
        Date: '2024-03-05T12:00:00.000Z',
        Email: 'ivo@example.com',
        Action: 'Left',
        'Action ID': 7,
      }),
    ]);
    expect(recordsOf(files, '../../x')).toEqual([
      record({
        Date: '2024-03-01T00:00:00.000Z',
        Description: 'line one\nline two',
        'IP Address': '::1',
      }),
    ]);
    const twin = record({ Date: '2024-03-02T08:00:00.500Z' });
    expect(recordsOf(files, 'é/🚀')).toEqual([twin, twin]);
    expect(new Set(files.map(({ cloud }) => cloud))).toEqual(new Set(['s3', 'gcs', 'azure']));
  });

  test('delivers a row of a window that is not over yet', async () => {
    const out = join(folder, 'today');
    const input = join(folder, 'today.ndjson');
    const date = new Date().toISOString();
    await writeFile(input, JSON.stringify({ date }));
    const { exitCode, stdout } = await start('--input', input, '--json', '--out', out);
    expect(exitCode).toBe(0);
    expect(lastLine(stdout)).toMatchObject({ windows: 1, files: 1, records: 1 });
    expect(recordsOf(await deliveredFiles(out), 'local')).toEqual([JSON.stringify({ ...empty, Date: date })]);
  });
});

const empty = {
  Date: null,
  Email: null,
  Action: null,
  'Action ID': null,
  Description: null,
  'IP Address': null,
};

describe('npm start refuses', () => {
  test('rows with faults: every faulty line by its number, before anything starts', async () => {
    const input = join(folder, 'faulty.ndjson');
    const out = join(folder, 'never');
    const lines = [
      '{"date": "2024-02-28T10:00:00Z"}',
      '{"date": "2024-02-28T10:00:00Z", "Emial": "eva@example.com"}',
      '',
      'not JSON',
      '{"date": "2024-02-30T10:00:00Z"}',
      '{"date": "2024-02-28T10:00:00"}',
      '{"date": "2024-02-28T10:00:00Z", "Date": "2024-02-28T10:00:00Z"}',
      '{"accountId": 7, "date": "2024-02-28T10:00:00Z"}',
    ];
    await writeFile(input, lines.join('\r\n'));
    const { exitCode, stdout, stderr } = await start('--input', input, '--json', '--out', out);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.match(/line \d+/g)).toEqual(['line 2', 'line 4', 'line 5', 'line 6', 'line 7', 'line 8']);
    expect(stderr).toContain('"Emial": there is no such field');
    expect(await readdir(folder)).not.toContain('never');
  });

  test('a folder with files that it did not make', async () => {
    const { exitCode, stderr } = await start('--out', project);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--out');
  });

  test.each([
    [['--accounts', 'many'], '--accounts'],
    [['--accounts', '0'], '--accounts'],
    [['--at', '2025-02-30'], '--at'],
    [['--days', '-1'], '--days'],
    [['--input', 'rows.ndjson'], '--input'],
    [['--input', 'rows.ndjson', '--days', '2'], '--days'],
    [['--input', 'rows.ndjson', '--time-zone', 'Mars/Base'], '--time-zone'],
    [['--verbose'], '--verbose'],
  ])('%j, naming the option', async (options, named) => {
    const { exitCode, stdout, stderr } = await start(...options);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(named);
  });
});

test('npm start -- --help tells every option', async () => {
  const { exitCode, stdout } = await start('--help');
  expect(exitCode).toBe(0);
  for (const option of [
    '--input',
    '--time-zone',
    '--accounts',
    '--at',
    '--days',
    '--out',
    '--keep',
    '--json',
  ])
    expect(stdout).toContain(option);
});

describe('npm start -- --keep', () => {
  /** Starts local mode below a shell below another process, as npm does; returns when it accepts commands. */
  async function keep(out: string) {
    const inner = `"${process.execPath}" "${join(project, 'local/main.ts')}" --keep --accounts 1 --out "${out}"; true`;
    const starter = spawn('sh', ['-c', `sh -c '${inner}' & wait`], {
      cwd: folder,
      env: { ...process.env, npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const pid = Number(await eventually(() => readFile(join(out, '.in-use-by'), 'utf8')));
    await eventually(() => readFile(join(out, 'local.json'), 'utf8'));
    return { starter, pid };
  }

  test('keeps its folder to itself, and ends with whoever started it, by any signal', async () => {
    const out = join(folder, 'kept');
    const { starter, pid } = await keep(out);
    const state = await readFile(join(out, 'local.json'), 'utf8');
    const second = await start('--accounts', '1', '--out', out);
    expect(second).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`is in use by local mode, process ${pid}`),
    });
    expect(await readFile(join(out, 'local.json'), 'utf8')).toBe(state);

    starter.kill('SIGKILL');
    await eventually(async () => {
      expect(isRunning(pid)).toBe(false);
    });
    expect(await readdir(out)).not.toContain('local.json');
    expect(await readdir(out)).not.toContain('.in-use-by');
  });

  test('gives back a folder that a killed one has left', async () => {
    const out = join(folder, 'left');
    await mkdir(out);
    await writeFile(join(out, '.made-by-siem-export'), '');
    const ended = spawn(process.execPath, ['-e', '']);
    await once(ended, 'exit');
    await writeFile(join(out, '.in-use-by'), String(ended.pid));
    const again = await openOutputFolder(out);
    expect(Number(await readFile(join(out, '.in-use-by'), 'utf8'))).toBe(process.pid);
    await again.close();
    expect(await readdir(out)).not.toContain('.in-use-by');
  });
});

/** Repeats the look until it succeeds, and returns its result. */
function eventually<Answer>(look: () => Promise<Answer>): Promise<Answer> {
  return vi.waitFor(look, { timeout: 120_000, interval: 200 });
}
