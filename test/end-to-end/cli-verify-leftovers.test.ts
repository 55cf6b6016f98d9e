/** What remains in a customer’s folder after any number of `verify` runs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleStorageAccount } from '../../local/sample/accounts.ts';
import { bucketRegion, buckets, sasSecret } from '../../local/tour/customers.ts';
import { role, startWorld, type World } from '../../local/tour/world.ts';
import { runHere } from './command-line.ts';

const day = 24 * 3_600_000;
const options = {
  s3: `--destination s3 --bucket ${buckets.s3} --bucket-region ${bucketRegion} --role-arn ${role.roleArn} --external-id ${role.externalId}`,
  gcs: `--destination gcs --bucket ${buckets.gcs}`,
  azure: `--destination azure --storage-account ${sampleStorageAccount} --container ${buckets.azure}`,
} as const;
const clouds = ['s3', 'gcs', 'azure'] as const;

let world: World;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-leftovers-'));
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  world = await startWorld({ stateFile: join(folder, 'local.json'), log, ownTime: false });
  await writeFile(join(folder, 'gcs'), world.credentials.secretOf('gcs'));
  await writeFile(join(folder, 'azure'), sasSecret(world.credentials.azure, Date.now() + 90 * day));
  for (const cloud of clouds) {
    const secret = cloud === 's3' ? '' : ` --secret-file ${join(folder, cloud)}`;
    await cli(`account add of-${cloud} --time-zone UTC ${options[cloud]}${secret}`);
  }
});

afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

const cli = (command: string) =>
  runHere(['--local', '--state-file', join(folder, 'local.json'), ...command.split(' ')]);

test.each(clouds)('one object on %s, and nothing that was begun', async cloud => {
  for (const time of [1, 2, 3])
    expect(await cli(`verify of-${cloud}`)).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining(
        time === 1 ? 'a file can also be uploaded in several requests' : 'the only one',
      ),
    });
  expect(await world.customers[cloud].list()).toEqual([
    expect.stringMatching(/^audit\/[\w-]+\/_verify_[0-9a-f]{16}\.txt$/),
  ]);
});

test('one more with another credential', async () => {
  await writeFile(join(folder, 'azure'), sasSecret(world.credentials.azure, Date.now() + 180 * day));
  await cli(`account update of-azure --secret-file ${join(folder, 'azure')}`);
  for (const _ of [1, 2]) expect(await cli('verify of-azure')).toMatchObject({ exitCode: 0 });
  expect(await world.customers.azure.list()).toHaveLength(2);
});

test('a right that was taken away is seen although the object is there', async () => {
  const lessened = sasSecret(world.credentials.azure, Date.now() + 180 * day).replace('sp=cw', 'sp=r');
  await writeFile(join(folder, 'azure'), lessened);
  await cli(`account update of-azure --secret-file ${join(folder, 'azure')}`);
  expect(await cli('verify of-azure')).toMatchObject({ exitCode: 1 });
  world.serviceAccounts.length = 0;
  expect(await cli('verify of-gcs')).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining('✗ the credential is accepted'),
  });
});
