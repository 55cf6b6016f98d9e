import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { awsRegion } from '../../local/aws-servers.ts';
import type { RoleRequest } from '../../local/servers/sts-server.ts';
import { bucketRegion, buckets } from '../../local/tour/customers.ts';
import { role, startWorld, type World } from '../../local/tour/world.ts';
import { runHere } from './command-line.ts';

const hour = 3_600_000;
const boundary = Math.floor(Date.now() / (4 * hour)) * 4 * hour;

let world: World;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-sts-'));
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  world = await startWorld({ stateFile: join(folder, 'local.json'), log, ownTime: false });
});

afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

const cli = (command: string) =>
  runHere(['--local', '--state-file', join(folder, 'local.json'), ...command.split(' ')], '');

/** The requests to STS while something runs, without their random parts. */
async function askedBy(run: () => Promise<unknown>): Promise<readonly RoleRequest[]> {
  const before = world.sts.requests.length;
  await run();
  return world.sts.requests
    .slice(before)
    .map(request =>
      request.externalId === undefined || request.externalId === role.externalId
        ? request
        : { ...request, externalId: 'made up' },
    )
    .sort((one, other) => String(one.externalId).localeCompare(String(other.externalId)));
}

test('exporter, verify and redeliver ask for a role alike, in the stage’s region, wherever the bucket is', async () => {
  const byRole = `--role-arn ${role.roleArn} --external-id ${role.externalId}`;
  const s3 = `--destination s3 --bucket ${buckets.s3} --bucket-region ${bucketRegion}`;
  await cli(`account add acme --time-zone UTC ${s3} ${byRole}`);
  await world.tick(boundary - 4 * hour);
  const { windows } = JSON.parse((await cli('--json deliveries acme')).output);

  await cli('account update acme --bucket-region ap-east-1');
  const exporter = await askedBy(() => world.tick(boundary));
  const verify = await askedBy(() => cli('verify acme'));
  const redeliver = await askedBy(() => cli(`redeliver acme --window ${windows[0].end}`));
  expect(exporter).toHaveLength(3);
  expect(new Set(exporter.map(({ region }) => region))).toEqual(new Set([awsRegion]));
  expect(verify).toEqual(exporter);
  expect(redeliver).toEqual(exporter);
});

test('verify tells of a role that takes any external id', async () => {
  world.roles.set(role.roleArn, { externalId: '*', credentials: world.credentials.s3Role });
  const { exitCode, output } = await cli('verify acme');
  expect(exitCode).toBe(1);
  expect(output).toContain('✗ the role is refused without its external id, and with another one');
  expect(output).toContain('can be assumed with any external id');
  expect(output).toContain('→ The customer: gives');
});
