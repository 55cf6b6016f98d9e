import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommandLine } from '../../cli/main.ts';
import { startWorld, type World } from '../../local/tour/world.ts';
import { expectJson } from '../stack/cli-schemas.ts';
import { runHere } from './command-line.ts';

const program = fileURLToPath(new URL('../../bin/siem-export.ts', import.meta.url));

let world: World;
let folder: string;
let local: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-output-'));
  const stateFile = join(folder, 'local.json');
  local = ['--local', '--state-file', stateFile];
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  world = await startWorld({ stateFile, log, ownTime: false });
});

afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

test.each([['cost'], ['--help'], ['sttus', '--json']])(
  'a reader who has seen enough ends %s quietly',
  async (...words) => {
    const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [errors, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(errors).not.toContain('EPIPE');
    expect(exitCode).toBe(words.includes('sttus') ? 2 : 0);
  },
);

test('a watch ends when nobody looks any more', async () => {
  const words = [...local, 'status', '--watch', '1'];
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [errors, [exitCode]] = await Promise.all([text(child.stderr), exit]);
  expect({ errors, exitCode }).toEqual({ errors: '', exitCode: 1 });
});

test('a full disk is one line, and a fault', async () => {
  const words = ['-c', '"$0" "$@" > /dev/full', process.execPath, program, 'cost'];
  const child = spawn('sh', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [errors, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ errors, exitCode }).toEqual({
    errors: expect.stringMatching(/^siem-export: the output cannot be written: ENOSPC: .*\n$/),
    exitCode: 4,
  });
});

test('a retry whose reader is gone lets go of what it holds', async () => {
  const { deadLetterUrl: QueueUrl } = world.resources.exportQueue;
  await world.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'nonsense' }));
  const broken = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  const surroundings = {
    input: new PassThrough(),
    output: broken,
    errors: new PassThrough(),
    putClockForward: () => undefined,
  };
  expect(await runCommandLine([...local, 'retry'], surroundings)).toBe(1);
  const { output } = await runHere([...local, 'retry', '--json']);
  expect(JSON.parse(output)).toMatchObject({ messages: { length: 1 }, heldElsewhere: 0 });
});

test('an import that is interrupted says what is written, and goes on from there when it is repeated', async () => {
  const file = join(folder, 'many.ndjson');
  const records = Array.from({ length: 200 }, (_, index) => ({
    accountId: `many-${index}`,
    timeZone: 'UTC',
    status: 'active',
    destination: {
      type: 's3',
      bucket: 'acme-audit',
      region: 'eu-central-1',
      roleArn: 'arn:aws:iam::444455556666:role/siem-export',
      externalId: `external-${index}`,
    },
  }));
  await writeFile(file, records.map(record => `${JSON.stringify(record)}\n`).join(''));
  const interruption = new AbortController();
  let said = '';
  const errors = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        said += String(chunk);
        if (said.includes('accounts are written')) interruption.abort();
        done();
      },
    }),
    { isTTY: true },
  );
  const surroundings = {
    input: new PassThrough(),
    output: new PassThrough(),
    errors,
    putClockForward: () => undefined,
  };
  const exitCode = await runCommandLine([...local, 'account', 'import', file], {
    ...surroundings,
    interrupted: interruption.signal,
  });
  expect(exitCode).toBe(130);
  const [, written = ''] =
    /Interrupted: (\d+) of 200 accounts are written; run the same command again to continue\n$/.exec(said) ??
    [];
  expect(said).toMatch(/\d+ of 200 accounts are written, \d+ a second/);
  expect(Number(written)).toBeGreaterThan(0);
  expect(Number(written)).toBeLessThan(200);
  const listed = JSON.parse((await runHere([...local, 'account', 'list', '--json'])).output);
  expect(listed).toHaveLength(Number(written));
  const again = JSON.parse((await runHere([...local, 'account', 'import', file, '--json'])).output);
  expect(again).toMatchObject({ written: 200 - Number(written), unchanged: Number(written) });
});

test.each([
  ['SIGINT', []],
  ['SIGTERM', ['--json']],
] as const)('%s ends a watch %j at once, and says so', async (signal, more) => {
  const words = [...local, 'status', '--watch', '60', ...more];
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = once(child, 'exit');
  child.stdout.once('data', () => child.kill(signal));
  const [output, errors, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  expect({ errors, exitCode }).toEqual({ errors: 'siem-export: Interrupted\n', exitCode: 130 });
  expectJson(words, { exitCode, output });
});
