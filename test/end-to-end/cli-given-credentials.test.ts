/** Credentials given in wrong places must never be repeated. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProgram } from '../../cli/program.ts';
import { startWorld, type World } from '../../local/tour/world.ts';
import { runHere } from './command-line.ts';
import { converse } from './converse.ts';
import { secretPiecesIn } from './secret-pieces.ts';

let world: World;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-given-'));
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  world = await startWorld({ stateFile: join(folder, 'local.json'), log, ownTime: false });
});

afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

/** Random bytes in base64. */
const base64 = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(bytes => Buffer.from(bytes).toString('base64'));
const accessKeyId = fc
  .string({ unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'), minLength: 16, maxLength: 16 })
  .map(id => `AKIA${id}`);

interface Given {
  /** The text that is typed or pasted. */
  readonly text: string;
  /** The part of it that must never be shown. */
  readonly secret: string;
}

const accessKey = fc
  .tuple(accessKeyId, base64(30))
  .chain(([id, secret]) =>
    fc
      .constantFrom(
        JSON.stringify({ accessKeyId: id, secretAccessKey: secret }),
        JSON.stringify({ AccessKeyId: id, SecretAccessKey: secret }, null, 2),
        `{accessKeyId:${id},secretAccessKey:${secret}}`,
        `aws_secret_access_key = ${secret}`,
        `export AWS_SECRET_ACCESS_KEY=${secret}`,
        `Access key ID,Secret access key\n${id},${secret}`,
        Buffer.from(JSON.stringify({ accessKeyId: id, secretAccessKey: secret })).toString('base64'),
        secret,
      )
      .map(text => ({ text, secret: text.includes(secret) ? secret : text })),
  );
const storageKey = base64(64).chain(secret =>
  fc
    .constantFrom(
      `DefaultEndpointsProtocol=https;AccountName=acmeaudit;AccountKey=${secret};EndpointSuffix=core.windows.net`,
      `AccountKey=${secret}`,
      JSON.stringify({ connectionString: `AccountName=acmeaudit;AccountKey=${secret}` }),
      secret,
    )
    .map(text => ({ text, secret })),
);
const sas = base64(32).chain(signature => {
  const secret = encodeURIComponent(signature);
  return fc
    .constantFrom(
      `https://acmeaudit.blob.core.windows.net/logs?sv=2025-01-05&sp=cw&sig=${secret}`,
      `?sv=2025-01-05&sp=cw&sig=${secret}`,
      `"sv=2025-01-05&sig=${secret}"`,
      `SharedAccessSignature=sv=2025-01-05&sig=${secret}`,
    )
    .map(text => ({ text, secret }));
});
const keyFile = fc
  .constantFrom(
    JSON.stringify({ type: 'service_account', private_key: pem, client_email: 'x@y' }),
    JSON.stringify({ type: 'service_account', private_key: pem }, null, 2),
    pem,
    Buffer.from(JSON.stringify({ type: 'service_account', private_key: pem })).toString('base64'),
  )
  .map(text => ({
    text,
    secret: text.includes(pem) || text.startsWith('{') ? pem.replaceAll('\n', '\\n') : text,
  }));
const credential: fc.Arbitrary<Given> = fc.oneof(accessKey, storageKey, sas, keyFile);

/** Every argument and option of every command. */
function placesIn(command: Command, path: readonly string[] = []): (readonly string[])[] {
  const own = [...command.options, ...(path.length > 0 ? (command.parent?.options ?? []) : [])]
    .filter(({ required, optional }) => required || optional)
    .flatMap(({ long }) =>
      long
        ? [
            [...path, long, '{}'],
            [...path, `${long}={}`],
          ]
        : [],
    );
  const each = [
    ...own,
    [...path, '{}'],
    [...path, 'acme', '{}'],
    [...path, '--nothing={}'],
    [...path, '--json', '{}'],
  ];
  return [...each, ...command.commands.flatMap(child => placesIn(child, [...path, child.name()]))];
}

const places = placesIn(createProgram(() => async () => undefined));

function wordsFor(place: readonly string[], { text }: Given): string[] {
  const words = place.map(word => word.replace('{}', () => text));
  const needed = place.includes('add') && !place.includes('--time-zone') ? ['--time-zone', 'UTC'] : [];
  return ['--local', '--state-file', join(folder, 'local.json'), ...words, ...needed];
}

test('a credential in place of any option or argument of any command shows nowhere, with --json neither', async () => {
  expect(places.length).toBeGreaterThan(150);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), credential, fc.boolean(), async (place, given, json) => {
      const words = wordsFor(place, given);
      // Help is text for people, also with --json: it is reached by a word that does not look like a credential.
      const asJson = json && !place.includes('help');
      const { exitCode, output, errors } = await runHere(asJson ? [...words, '--json'] : words);
      expect(exitCode).not.toBe(4);
      expect(secretPiecesIn(output + errors, [given.secret])).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test.each(['--secret-file', '--external-id', '--prefix', '--bucket', '--role-arn'])(
  'a credential as the value of %s is refused as such, and nothing is done',
  async option => {
    const secret = JSON.stringify({
      accessKeyId: 'AKIAQ7EXAMPLEKEY4Z2M',
      secretAccessKey: randomBytes(30).toString('base64'),
    });
    const { exitCode, errors } = await runHere(['account', 'add', 'acme', option, secret]);
    expect({ exitCode, errors }).toEqual({
      exitCode: 2,
      errors: expect.stringContaining(`The value of ${option} is a credential or a part of one`),
    });
  },
);

test('a file whose name is like a credential is read', async () => {
  const file = join(folder, 'AKIAQ7EXAMPLEKEY4Z2M.json');
  await writeFile(file, world.credentials.secretOf('s3'));
  const options = '--time-zone UTC --destination s3 --bucket acme-audit --bucket-region eu-central-1'.split(
    ' ',
  );
  const words = [
    '--local',
    '--state-file',
    join(folder, 'local.json'),
    'account',
    'add',
    'named',
    ...options,
  ];
  expect(await runHere([...words, '--secret-file', file])).toMatchObject({ exitCode: 0 });
});

test('a credential that is pasted at any question shows nowhere, and is said to be one', async () => {
  const questions = [
    [],
    [['Account id:', 'asked\r']],
    [
      ['Account id:', 'asked\r'],
      ['Berlin):', 'UTC\r'],
    ],
    [
      ['Account id:', 'asked\r'],
      ['Berlin):', 'UTC\r'],
      ['Splunk', 'other\r'],
    ],
    [
      ['Account id:', 'asked\r'],
      ['Berlin):', 'UTC\r'],
      ['Splunk', 'other\r'],
      ['Amazon S3', 'gcs\r'],
    ],
    [
      ['Account id:', 'asked\r'],
      ['Berlin):', 'UTC\r'],
      ['Splunk', 'other\r'],
      ['Amazon S3', 'gcs\r'],
      ['Bucket:', 'acme-audit\r'],
    ],
  ] as const;
  const next = ['Account id:', 'Berlin):', 'Splunk', 'Amazon S3', 'Bucket:', 'type it in):'] as const;
  // Enter makes a choice, so the next question follows.
  const followed: Readonly<Record<string, string | RegExp>> = {
    Splunk: 'Amazon S3',
    'Amazon S3': /(Bucket|Storage account):$/,
  };
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...questions.keys()), credential, async (index, given) => {
      const [question = ''] = [next[index]];
      const { said, shown, unasked } = await converse(
        ['--local', '--state-file', join(folder, 'local.json'), 'account', 'add'],
        [
          ...(questions[index] ?? []),
          [question, `${given.text.replaceAll('\n', ' ')}\r`],
          [followed[question] ?? question, '\u0003'],
        ],
      );
      expect(unasked).toEqual([]);
      expect(secretPiecesIn(said + shown, [given.secret])).toEqual([]);
      if (index === next.length - 1) expect(said).toContain('This is a credential or a part of one');
    }),
    { numRuns: 30 },
  );
});

test('a refusal of several lines stands in no quotes', async () => {
  const words = ['--local', '--state-file', join(folder, 'local.json'), 'account', 'add', 'faulty'];
  const { exitCode, errors } = await runHere([
    ...words,
    ...'--time-zone GMT+5 --destination s3 --bucket A'.split(' '),
  ]);
  expect(exitCode).toBe(2);
  const [, ...details] = errors.trimEnd().split('\n');
  expect(details.length).toBeGreaterThan(2);
  for (const line of details) expect(line).toMatch(/^ {2}[^" ].*[^"]$/);
});
