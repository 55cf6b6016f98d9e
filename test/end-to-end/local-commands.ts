import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect } from 'vitest';
import { sampleStorageAccount } from '../../local/sample/accounts.ts';
import { bucketRegion, buckets } from '../../local/tour/customers.ts';
import { startWorld, type World } from '../../local/tour/world.ts';
import { runHere } from './command-line.ts';

export const hour = 3_600_000;
/** The last boundary in UTC: the clocks of the servers and of the command line are not put forward. */
export const boundary = Math.floor(Date.now() / (4 * hour)) * 4 * hour;

/** What the names of local mode's secrets begin with. */
export const prefix = 'siem-export/local/';

/** An access key of the right form, different for each id. */
export const key = (id: string) =>
  JSON.stringify({ accessKeyId: `AKIA${id}`.padEnd(20, '0'), secretAccessKey: id.padEnd(40, '0') });

/** The name of an account's own secret. */
export const nameOf = (accountId: string) => `${prefix}${Buffer.from(accountId).toString('base64url')}`;

/** The options with which `account add` exports to the bucket of each cloud. */
export const s3 = `--time-zone UTC --destination s3 --bucket ${buckets.s3} --bucket-region ${bucketRegion}`;
export const gcs = `--time-zone UTC --destination gcs --bucket ${buckets.gcs}`;
export const azure = `--time-zone UTC --destination azure --storage-account ${sampleStorageAccount} --container ${buckets.azure}`;

/**
 * Starts a local mode before the tests of the calling file, and closes it after them. Its folder contains a credential
 * for each cloud: `s3.json`, `gcs.json` and `azure.txt`.
 */
export function startLocalMode() {
  let world: World | undefined;
  let folder = '';
  let printed = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'siem-export-cli-'));
    const log = new Writable({ write: (_chunk, _encoding, done) => done() });
    world = await startWorld({ stateFile: join(folder, 'local.json'), log, ownTime: false });
    const { credentials } = world;
    await writeFile(join(folder, 's3.json'), credentials.secretOf('s3'));
    await writeFile(join(folder, 'gcs.json'), credentials.secretOf('gcs'));
    await writeFile(join(folder, 'azure.txt'), credentials.secretOf('azure'));
  });

  afterAll(async () => {
    await world?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const started = (): World => {
    if (world === undefined) throw new Error('Local mode is only started before the first test');
    return world;
  };

  /** The words of a command, given as a list or separated by spaces. Names of files get the path of the folder. */
  const wordsOf = (command: string | readonly string[], stateFile = 'local.json'): string[] => {
    const words = typeof command === 'string' ? command.split(' ') : command;
    return ['--local', '--state-file', stateFile, ...words].map(word =>
      /^[^/]+\.(json|ndjson|txt|zip)$/.test(word) ? join(folder, word) : word,
    );
  };

  const cli = async (command: string | readonly string[], input = '') => {
    const ended = await runHere(wordsOf(command), input);
    printed += ended.output + ended.errors;
    return ended;
  };

  return {
    get world() {
      return started();
    },
    get folder() {
      return folder;
    },
    wordsOf,
    cli,
    json: async (command: string) => JSON.parse((await cli(`--json ${command}`)).output),
    /** The text of an account's own secret. */
    async stored(accountId: string): Promise<string | undefined> {
      const command = new GetSecretValueCommand({ SecretId: nameOf(accountId) });
      return (await started().aws.secrets.send(command)).SecretString;
    },
    expectNoSecretPrinted(): void {
      const { s3: key, s3Role, azure: storage } = started().credentials;
      for (const secret of [key.secretAccessKey, s3Role.secretAccessKey, storage.accountKey, 'PRIVATE KEY'])
        expect(printed).not.toContain(secret);
    },
  };
}
