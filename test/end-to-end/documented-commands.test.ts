import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { utcWord } from '../../cli/terminal/wording.ts';
import { accountFaults } from '../../lambdas/domain/account.ts';
import { auditRecord, defaultAttributes, recordColumns } from '../../lambdas/domain/audit-record.ts';
import { toCompact, toIso } from '../../lambdas/domain/instant.ts';
import { nextBoundary } from '../../lambdas/domain/window.ts';
import { readConfiguration } from '../../lib/config.ts';
import { scheduledEvent } from '../../local/run-ticks.ts';
import { sampleStorageAccount } from '../../local/sample/accounts.ts';
import { sasSecret } from '../../local/tour/customers.ts';
import { wordsOf } from '../../local/tour/run-here.ts';
import { startWorld, type World } from '../../local/tour/world.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { documentPages, readPage } from '../stack/document-pages.ts';
import { runCommand, runHere, saidUntil } from './command-line.ts';
import { shellCommands } from './shell-commands.ts';

const project = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const hour = 3_600_000;

/** The last boundary of an account in Berlin; no clock is put forward here. */
const boundary = lastBoundary('Europe/Berlin');
const lostFile = `audit_YWNtZQ_${toCompact(boundary)}.zip`;

let folder: string;
let world: World;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-documents-'));
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  world = await startWorld({ stateFile: join(folder, 'local.json'), log, ownTime: false });
  const { credentials } = world;
  await writeFile(join(folder, 'globex-key.json'), credentials.secretOf('gcs'));
  await writeFile(join(folder, 'initech-sas.json'), sasSecret(credentials.azure, Date.now() + 2400 * hour));
  await writeFile(join(folder, 'accounts.ndjson'), `${importLine('umbrella')}\n${importLine('hooli')}\n`);
});

afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Replaces placeholders of the documents by what exists here. */
function substituted(command: string): string {
  return [
    ['--stage prod', `--local --state-file ${join(folder, 'local.json')}`],
    ['2026-11-22T07:00Z', utcWord(boundary)],
    ['2026-11-22', toIso(boundary).slice(0, 10)],
    ['audit_YWNtZQ_20261122T070000Z.zip', join(folder, lostFile)],
    ['--storage-account initech ', `--storage-account ${sampleStorageAccount} `],
    ...['globex-key.json', 'initech-sas.json', 'accounts.ndjson', 'acme-splunk', 'sentinel-kit'].map(name => [
      name,
      join(folder, name),
    ]),
  ].reduce((text, [from = '', to = '']) => text.replaceAll(from, to), command);
}

interface Documented {
  readonly prints: RegExp;
  readonly exitCode?: number;
  /** Runs before the command. */
  readonly before?: () => Promise<unknown>;
}

const added = (accountId: string): Documented => ({
  prints: new RegExp(`✓ ${accountId} is added[\\s\\S]*The customer has to grant:`),
});
const verified = (accountId: string): Documented => ({
  prints: new RegExp(`✓ its checksum is accepted[\\s\\S]*Exports of ${accountId} can be written`),
});
const status: Documented = { prints: /^accounts +\d+, \d+ active$[\s\S]*^behind +none$/m };
const doctor: Documented = { prints: /✓ the last tick[\s\S]*is healthy\.$/m };
const shown: Documented = { prints: /^next window[\s\S]*^exported through/m };

/** Every command of `siem-export` in the documents, in the order in which they run. */
const documented: Readonly<Record<string, Documented>> = {
  'npx siem-export account add globex --stage prod --time-zone Asia/Kolkata --destination gcs --bucket globex-siem --secret-file globex-key.json':
    added('globex'),
  'npx siem-export verify globex --stage prod': verified('globex'),
  'npx siem-export account import accounts.ndjson --stage prod': {
    prints: /✓ 2 accounts written, 0 unchanged\./,
  },
  'npx siem-export account export --state paused --stage prod': {
    prints: /^(\{"accountId":.*"paused".*\}\n){2}$/,
  },
  'npx siem-export account pause --from accounts.ndjson --stage prod': {
    prints: /^(✓ \w+ is paused\. .*\n){2}$/,
  },
  'npx siem-export account add acme --stage prod --time-zone Europe/Berlin --destination s3 --bucket acme-audit --bucket-region eu-central-1 --expected-bucket-owner 444455556666 --role-arn arn:aws:iam::444455556666:role/siem-export --external-id acme-7f3c':
    added('acme'),
  'npx siem-export verify acme --stage prod': verified('acme'),
  'npx siem-export account add initech --stage prod --time-zone America/New_York --destination azure --storage-account initech --container initech-logs --secret-file initech-sas.json':
    added('initech'),
  'npx siem-export verify --state failing --stage prod': { prints: /^0 accounts: 0 passed, 0 failed\.$/m },
  'npx siem-export verify --all --stage prod': {
    // No account has audit rows yet.
    prints: /^! acme: the audit log has rows of the account: [\s\S]*^5 accounts: 5 passed, 0 failed\.$/m,
  },
  'npx siem-export export acme --stage prod': {
    prints: /^acme is owed 1 window, oldest first:\n[\s\S]*^✓ The export is queued/m,
    before: () => world.writeRows('acme', [row('7'), row(8)]),
  },
  'npx siem-export deliveries acme --stage prod --since 2026-11-22': {
    prints: /1 window, 1 file, 2 records\n✓ The windows follow each other without a gap/,
    before: () => world.tick(boundary),
  },
  'npx siem-export deliveries acme --stage prod --since 2026-11-22 --json': {
    prints: /"place": \{\s+"type": "s3",[\s\S]*?"bucket": "acme-audit"/,
  },
  'npx siem-export deliveries acme --stage prod': { prints: /1 window, 1 file/ },
  'npx siem-export inspect audit_YWNtZQ_20261122T070000Z.zip --ledger --stage prod': {
    prints: /✓ The file is valid, and it is the one that was delivered\./,
    before: async () =>
      writeFile(join(folder, lostFile), await world.customers.s3.download(`audit/YWNtZQ/${lostFile}`)),
  },
  'npx siem-export inspect audit_YWNtZQ_20261122T070000Z.zip': {
    prints: /✓ The file is valid\. To see whether/,
  },
  'npx siem-export redeliver acme --stage prod --window 2026-11-22T07:00Z': {
    prints:
      /✓ audit\/YWNtZQ\/audit_YWNtZQ_\w+\.zip: written again with the same SHA-256 as in the ledger, 2 records/,
    before: () => world.customers.s3.lose(`audit/YWNtZQ/${lostFile}`),
  },
  'npx siem-export status --stage prod': status,
  'npx siem-export doctor --stage prod': doctor,
  'npx siem-export account show acme --stage prod': shown,
  'npx siem-export plan acme --stage prod': { prints: /^acme at .* UTC: 0 windows owed\./ },
  'npx siem-export account pause acme --stage prod': { prints: /✓ acme is paused\. Nothing is lost/ },
  'npx siem-export account update acme --stage prod --bucket acme-audit': {
    prints: /✓ acme: nothing changed\./,
  },
  'npx siem-export account resume acme --stage prod': { prints: /✓ acme is active/ },
  'npx siem-export account list --state invalid --stage prod': { prints: /^0 accounts of 5$/m },
  'npx siem-export account list --state failing behind --stage prod': { prints: /^0 accounts of 5$/m },
  'npx siem-export account list --state failing behind --stage prod --json': { prints: /^\[\]$/m },
  'npx siem-export account list --state new --stage prod': { prints: /^\d accounts? of 5$/m },
  'npx siem-export account update acme --stage prod --time-zone Europe/Berlin': {
    prints: /✓ acme: nothing changed\./,
  },
  'npx siem-export rows acme --stage prod --window 2026-11-22T07:00Z --malformed': {
    prints: /: 2 rows, 1 malformed\.\n! actionId: a number instead of text\n {4}\{/,
  },
  'npx siem-export rows acme --stage prod --window 2026-11-22T07:00Z --limit 1000': {
    prints: /: 2 rows, 1 malformed\.\n[\s\S]*✓ valid\n {4}\{/,
  },
  'npx siem-export retry --stage prod': {
    exitCode: 1,
    prints: /foreign message[\s\S]*lost tick[\s\S]*2 messages left/,
    async before() {
      const { exportQueue, triggerDeadLetterUrl } = world.resources;
      for (const [QueueUrl, MessageBody] of [
        [exportQueue.deadLetterUrl, 'nonsense'],
        [triggerDeadLetterUrl, JSON.stringify(scheduledEvent(boundary - hour))],
      ])
        await world.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    },
  },
  'npx siem-export retry --stage prod --yes': {
    exitCode: 1,
    prints: /1 lost tick removed, because a later tick covered it\.\n1 message left\. --discard-foreign/,
  },
  'npx siem-export retry --stage prod --yes --discard-foreign': { prints: /^1 message discarded\.$/m },
  'npx siem-export doctor --stage prod --fix': doctor,
  'npx siem-export account add soylent --stage prod --time-zone Europe/London --reader splunk --destination gcs --bucket globex-siem --secret-file globex-key.json':
    added('soylent'),
  'npx siem-export reader splunk acme --stage prod --out acme-splunk': {
    prints: /✓ The kit for Splunk is written, \d+ files:[\s\S]*acme-splunk\/README\.md\n/,
  },
  'npx siem-export reader sentinel --destination azure --out sentinel-kit': {
    prints: /✓ The kit for Microsoft Sentinel is written, \d+ files:[\s\S]*STORAGE_ACCOUNT: /,
  },
  'npx siem-export actions check acme --stage prod': {
    prints: /^ +2 {2}Signed in +login +success +rules\.0$[\s\S]*✓ A rule matches each action\./m,
  },
  'npx siem-export cost --accounts 200 --rows 1000000': { prints: /^\$[\d,.]+ a month: .* per account$/m },
};

/** The commands that this test does not run, and the reasons. */
const notRun: readonly { readonly commands: RegExp; readonly why: string }[] = [
  { commands: /^npm (ci|cit|test)( --loglevel=warn)?$/, why: 'installs, and runs, this test itself' },
  { commands: /^npm start$/, why: 'local-mode.test.ts runs it, and checks what it delivers' },
  {
    commands: /^npm run (check|fix|contract|chaos|test:bench|simulate[:\w]*)\b/,
    why: 'parts of the tests, some for as long as one likes',
  },
  { commands: /^npm run bench:\w+/, why: 'test/bench runs each benchmark' },
  { commands: /^npm run synth$/, why: 'the tests in test/stack synthesise the same app' },
  { commands: /^npm run (sbom|build:plain-rows|tour)$/, why: 'write files of the project' },
  {
    commands: /^(unzip -t|gzip -t|sha256sum)( audit_|$)/,
    why: 'needs programs that not every machine has; archive.test.ts unzips, and `inspect` prints the digest',
  },
  {
    commands: /^((az|gcloud|aws (s3|s3api|sqs|sns|iam)) |export AWS_REGION=)/,
    why: 'needs a customer’s cloud account; documented-names.test.ts compares the grants with the command line’s',
  },
  {
    commands: /^(for alarm in|aws cloudwatch|done$)/,
    why: 'needs an AWS account, whose alarms it lets ring',
  },
  {
    commands: /^printf /,
    why: 'customer-pages.test.ts runs them, and the list of a series, without a cloud account',
  },
  {
    commands: /^aws dynamodb get-item --table-name siem-export-prod-dispatch-state /,
    why: 'needs an AWS account; silences.test.ts reads the same item',
  },
  {
    commands: /^npx cdk (bootstrap|deploy)\b/,
    why: 'needs an AWS account; the settings of a deployment are read below',
  },
];

/** Pages in which every command must be known; on the other pages, only those of `siem-export` and npm. */
const isWhole = (page: string) => /^README|^docs\/customer\/|\/(runbook|try)\.md$/.test(page);
/** Pages with recorded output, and decisions, which keep the commands of their time. */
const isRecord = (page: string) => /\/tour\.md$|\/adr\/|^CHANGELOG/.test(page);
const commands = new Set(
  documentPages
    .filter(page => !isRecord(page))
    .flatMap(page => {
      const ofPage = shellCommands(readPage(page));
      return isWhole(page)
        ? ofPage
        : ofPage.filter(command => /^npx siem-export .*--|^npm (run|start|ci|cit|test)\b/.test(command));
    }),
);
const keepCommand = 'npm start -- --keep';
const localCommands = [...commands].filter(command => command.startsWith('npx siem-export --local '));
/** Takes minutes; rehearsal.test.ts runs it. */
const rehearseCommand = 'npm start -- --rehearse';
const startCommands = [...commands].filter(
  command => command.startsWith('npm start -- ') && command !== keepCommand && command !== rehearseCommand,
);
const rowsCommand = [...commands].find(command => command.startsWith('git log ')) ?? '';
const watchCommand = 'npx siem-export status --stage prod --watch';

describe('every command of the documents', () => {
  test('is one that is tried here, or stands in the list of those that are not', () => {
    const known = [
      ...Object.keys(documented),
      ...startCommands,
      ...localCommands,
      keepCommand,
      rehearseCommand,
      rowsCommand,
      watchCommand,
    ];
    const unknown = [...commands].filter(
      command => !known.includes(command) && !notRun.some(entry => entry.commands.test(command)),
    );
    expect(unknown).toEqual([]);
    expect(known.filter(command => !commands.has(command))).toEqual([]);
    for (const entry of notRun)
      expect([...commands].some(command => entry.commands.test(command))).toBe(true);
  });

  test.each(Object.entries(documented))('runs: %s', async (command, { prints, exitCode = 0, before }) => {
    await before?.();
    const [, , ...words] = wordsOf(substituted(command));
    const ended = await runHere(words);
    expect(ended).toMatchObject({ exitCode, output: expect.stringMatching(prints) });
  });

  test('watches until it is interrupted', async () => {
    const [, , ...words] = wordsOf(substituted(watchCommand));
    const child = spawn(process.execPath, [join(project, 'bin/siem-export.ts'), ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    try {
      await saidUntil(child, status.prints);
    } finally {
      child.kill('SIGINT');
    }
    expect(await ended).toEqual([130, null]);
  });
});

describe('rows of one’s own', () => {
  test('are made of what git prints, by the program that the page shows', async () => {
    const git = '#!/bin/sh\nprintf "2026-11-20T08:00:00+01:00\\teva@example.com\\tab12\\tMend\\n"\n';
    await writeFile(join(folder, 'git'), git);
    await chmod(join(folder, 'git'), 0o755);
    const PATH = [folder, process.env.PATH].join(delimiter);
    await run('sh', ['-c', rowsCommand], { cwd: folder, env: { ...process.env, PATH } });
    expect(JSON.parse(await readFile(join(folder, 'rows.ndjson'), 'utf8'))).toEqual({
      date: '2026-11-20T08:00:00+01:00',
      email: 'eva@example.com',
      action: 'commit',
      actionId: 'ab12',
      description: 'Mend',
    });
  });

  test.each(startCommands)('are taken, or explained, by %s', async command => {
    expect(packageFile.scripts.start).toBe('node local/main.ts');
    const words = command.split(' ').slice(3);
    const { stdout } = await run(process.execPath, [join(project, 'local/main.ts'), ...words], {
      cwd: folder,
    });
    expect(stdout).toMatch(/1 record, each exactly once|Usage: npm start --/);
  });
});

test.each([...commands].filter(command => command.startsWith('npx cdk deploy')))(
  '%s has settings',
  command => {
    const context = [...command.matchAll(/-c (\w+)=(\S+)/g)].map(([, name, value]) => [name, value]);
    expect(readConfiguration(Object.fromEntries(context)).stage).toBe('prod');
  },
);

test.each([...commands].filter(command => command.startsWith('npm run')))('%s is a script', command => {
  expect(Object.keys(packageFile.scripts)).toContain(command.split(' ')[2]);
});

test('a local mode that is kept is one to work on, and ends with Ctrl-C', async () => {
  const words = [...keepCommand.split(' ').slice(3), '--accounts', '1'];
  const kept = spawn(process.execPath, [join(project, 'local/main.ts'), ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(kept, 'exit');
  try {
    await saidUntil(kept, /To use the command line/);
    let later = '';
    kept.stdout.on('data', text => {
      later += String(text);
    });
    expect(localCommands.length).toBeGreaterThan(1);
    for (const command of localCommands) {
      const ended = await runCommand(wordsOf(command).slice(2), { folder });
      expect(ended).toEqual({
        exitCode: 0,
        errors: '',
        output: expect.stringMatching(/1, 1 active|16 ticks sent, .* 1 file delivered, 0 failures/),
      });
    }
    await expectNoLag(folder);
    await expectExport(folder);
    // Progress is only counted for the ticks at the start.
    expect(later).not.toContain('windows delivered');
  } finally {
    kept.kill('SIGINT');
  }
  expect(await ended).toEqual([0, null]);
});

/** Its ticks are of another day than the delivery of its files. */
async function expectNoLag(folder: string): Promise<void> {
  const ask = (...words: string[]) => runCommand(['--local', ...words], { folder });
  const [{ accountId }] = JSON.parse((await ask('account', 'list', '--json')).output);
  const { output } = await ask('deliveries', accountId);
  expect(output).toMatch(/Z +1 .* -$/m);
  expect(output).toContain('Lag unknown: this local mode sends ticks one after the other');
  const { windows } = JSON.parse((await ask('deliveries', accountId, '--json')).output);
  expect(windows[0].lagSeconds).toBeNull();
  const shown = await ask('account', 'show', accountId);
  expect(shown.output).toContain('lag unknown: this local mode sends ticks one after the other');
}

/** Like AWS, local mode processes a queued message at once, without waiting for the next tick. */
async function expectExport(folder: string): Promise<void> {
  const ask = (...words: string[]) => runCommand(['--local', ...words], { folder });
  const [{ accountId, destination }] = JSON.parse((await ask('account', 'list', '--json')).output);
  const [cloud, , first, second] = destination.split('/');
  const [option, bucket] = cloud === 'azure:' ? ['--container', second] : ['--bucket', first];
  await ask('account', 'update', accountId, option, 'another-one');
  await ask('tick');
  const failed = await ask('export', accountId);
  expect(failed).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining('✗ 0 files delivered, 1 failure'),
  });
  await ask('account', 'update', accountId, option, bucket);
  const exported = await ask('export', accountId);
  expect(exported).toMatchObject({ exitCode: 0, output: expect.stringContaining('✓ 1 file delivered.') });
  for (const [command, files] of [
    ['tick', 1],
    ['export', null],
  ] as const) {
    const { output } = await ask(command, ...(command === 'tick' ? [] : [accountId]), '--json');
    expect(JSON.parse(output)).toMatchObject({ files });
  }
  const { gaps } = JSON.parse((await ask('deliveries', accountId, '--json')).output);
  expect(gaps).toEqual([]);
}

test('the account records of the documents are in order', () => {
  const blocks = [...readPage('docs/operator/account-record.md').matchAll(/^```json\n([\s\S]*?)^```$/gm)];
  const records = blocks.map(([, json = '']) => JSON.parse(json)).filter(value => 'accountId' in value);
  expect(records.length).toBeGreaterThan(0);
  for (const record of records) expect(accountFaults(record)).toEqual([]);
});

test.each(['README.md', 'docs/customer/files.md'])('the delivered line of %s is one', page => {
  const [line = ''] = /^\{"Date":.*$/m.exec(readPage(page)) ?? [];
  const delivered = JSON.parse(line);
  const row = Object.fromEntries(recordColumns.map(([key, attribute]) => [attribute, delivered[key]]));
  expect(auditRecord(row, defaultAttributes)).toEqual({ json: line, malformed: false });
});

function lastBoundary(timeZone: string): number {
  let last = nextBoundary(timeZone, Date.now() - 6 * hour);
  for (let next = last; next <= Date.now(); next = nextBoundary(timeZone, next)) last = next;
  return last;
}

function importLine(accountId: string): string {
  return JSON.stringify({
    accountId,
    timeZone: 'UTC',
    status: 'paused',
    destination: { type: 'gcs', bucket: 'globex-siem' },
    secretFile: 'globex-key.json',
  });
}

function row(actionId: unknown) {
  return { recordedAt: boundary - hour, values: { action: 'Signed in', email: 'eva@example.com', actionId } };
}
