import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Instant } from '../../lambdas/domain/instant.ts';
import { sampleStorageAccount } from '../sample/accounts.ts';
import { bucketRegion, buckets, sasSecret } from './customers.ts';
import type { Recorder } from './recorder.ts';
import type { Row, World } from './world.ts';

const hour = 3_600_000;
const minute = 60_000;
/** A Sunday on which Berlin's clocks go back: one of the windows lasts five hours. */
const start = Date.parse('2026-10-24T14:00:00Z');

/** An operator's first days: three customers, everything that goes wrong with them, and how it is mended. */
export async function tellStory(world: World, recorder: Recorder, folder: string): Promise<void> {
  const { heading, tell, run } = recorder;
  await world.setClock(start);
  await prepare(world, folder);

  heading('Is the stack in order?');
  tell('The stack is deployed and no account is provisioned. The dispatcher has had its first tick.');
  await world.tick(start);
  await run('doctor');

  heading('Three customers, three clouds');
  tell('Each customer has handed over a credential in a file. A secret is never an argument.');
  await run(
    `account add acme --time-zone Europe/Berlin --destination s3 --bucket ${buckets.s3} --bucket-region ${bucketRegion} --secret-file acme-key.json`,
  );
  await run(
    `account add globex --time-zone Asia/Kolkata --destination gcs --bucket ${buckets.gcs} --secret-file globex-key.json`,
  );
  await run(
    `account add initech --time-zone America/New_York --destination azure --storage-account ${sampleStorageAccount} --container ${buckets.azure} --prefix security --compression gzip --secret-file initech-connection.txt`,
  );
  tell('Does it work? `verify` writes by the real way, with the real credential.');
  await verifyAll(run);

  heading('The first files');
  tell('Two boundaries later every account has its first file.');
  await ticks(world, start + 30 * minute, start + 6 * hour);
  await run('account list');
  await run('status');

  await breakAndRepair(world, recorder);
  await revoke(world, recorder);
  await loseAFile(world, recorder, folder);

  heading('Put aside, paused, removed');
  await run('retry');
  await run('account pause globex');
  await run('account resume globex');
  await run('account remove initech --yes');
  await run('account list');
}

async function breakAndRepair(world: World, { heading, tell, run }: Recorder): Promise<void> {
  heading('Break it: a missing bucket');
  tell('A typing error in each bucket’s name.');
  await run(`account update acme --bucket ${buckets.s3}s`);
  await run('verify acme', 1);
  await run(`account update globex --bucket ${buckets.gcs}s`);
  await run('verify globex', 1);
  await run(`account update initech --container ${buckets.azure}s`);
  await run('verify initech', 1);
  await run(`account update acme --bucket ${buckets.s3}`);
  await run(`account update globex --bucket ${buckets.gcs}`);

  heading('Break it: a wrong key');
  tell('Each customer sends a credential that the cloud does not know.');
  await run('account update acme --secret-file acme-wrong-key.json');
  await run('verify acme', 1);
  await run('account update globex --secret-file globex-wrong-key.json');
  await run('verify globex', 1);
  await run('account update initech --secret-file initech-wrong-connection.txt');
  await run('verify initech', 1);
  await run('account update acme --secret-file acme-key.json');
  await run('account update initech --secret-file initech-connection.txt');

  heading('Break it: a wrong region');
  tell('Only buckets of Amazon S3 have one in the record.');
  await run('account update acme --bucket-region us-west-2');
  await run('verify acme', 1);
  tell(
    'Nobody notices that one account has a wrong region, one a wrong key, and one a container that does not exist. ' +
      'Boundaries pass, and files are owed. Then a ticket says “accounts-failing”.',
  );
  await world.tick(start + 14 * hour);
  await run('status', 1);
  await run('account show acme');
  await run('plan acme');

  heading('Repair it');
  await run(`account update acme --bucket-region ${bucketRegion}`);
  await run('account update globex --secret-file globex-key.json');
  tell('For its own good initech hands over a SAS this time, in the place of the storage account’s key.');
  await run(`account update initech --container ${buckets.azure} --secret-file initech-sas.json`);
  await verifyAll(run);
  tell('At the next boundary of each account its backlog arrives by itself, each window its own file.');
  await ticks(world, start + 15 * hour, start + 18 * hour);
  await run('status');
  await run('deliveries acme');
  tell('The clocks went back in Berlin that night: the window from midnight lasted five hours.');
  await run('deliveries globex');
  await run('deliveries initech');
}

async function revoke(world: World, { heading, tell, run }: Recorder): Promise<void> {
  heading('A credential is revoked, or expires');
  tell(
    'The administrator of acme deletes the access key, that of globex the service account’s key, and both forget to ' +
      'say so. The SAS of initech comes to its end, of which `verify` had warned.',
  );
  const revoked = world.accessKeys.shift();
  const account = world.serviceAccounts.shift();
  await world.tick(start + 22 * hour);
  await run('status', 1);
  await run('verify acme', 1);
  await run('verify globex', 1);
  await run('verify initech', 1);
  tell('Each customer makes a new one, and hands it over in a file.');
  world.accessKeys.unshift(renewed(revoked?.secretAccessKey));
  if (account !== undefined) world.serviceAccounts.push(account);
  await run('account update acme --secret-file acme-new-key.json');
  await run('account update globex --secret-file globex-key.json');
  await run('account update initech --secret-file initech-new-sas.json');
  await verifyAll(run);
  await ticks(world, start + 23 * hour, start + 26 * hour);
  for (const accountId of ['acme', 'globex', 'initech'])
    await run(`deliveries ${accountId} --since 2026-10-25T10:00Z`);
}

async function loseAFile(world: World, { heading, tell, run }: Recorder, folder: string): Promise<void> {
  heading('A customer has lost a file');
  tell(
    'A lifecycle rule deleted it. The same file, byte for byte, is written again; one that is there never is. ' +
      'The customer downloads it and asks whether it is whole, and the one that was delivered.',
  );
  for (const [cloud, accountId, windowEnd, key] of [
    ['s3', 'acme', '2026-10-25T07:00Z', 'audit/YWNtZQ/audit_YWNtZQ_20261025T070000Z.zip'],
    ['gcs', 'globex', '2026-10-25T06:30Z', 'audit/Z2xvYmV4/audit_Z2xvYmV4_20261025T063000Z.zip'],
    [
      'azure',
      'initech',
      '2026-10-25T08:00Z',
      'security/audit/aW5pdGVjaA/audit_aW5pdGVjaA_20261025T080000Z.json.gz',
    ],
  ] as const) {
    await world.customers[cloud].lose(key);
    await run(`redeliver ${accountId} --window ${windowEnd}`);
    await run(`redeliver ${accountId} --window ${windowEnd}`, 1);
    await writeFile(join(folder, basename(key)), await world.customers[cloud].download(key));
    await run(`inspect ${basename(key)} --ledger`);
  }
}

async function verifyAll(run: Recorder['run']): Promise<void> {
  for (const accountId of ['acme', 'globex', 'initech']) await run(`verify ${accountId}`);
}

/** Only ticks at which an account is due: the dispatcher makes up for those between. */
async function ticks(world: World, from: Instant, upTo: Instant): Promise<void> {
  for (let tick = from; tick <= upTo; tick += 30 * minute)
    if (isBoundary(tick) || tick === upTo) await world.tick(tick);
}

/** Whether one of the three accounts has a boundary then. */
function isBoundary(tick: Instant): boolean {
  return ['Europe/Berlin', 'Asia/Kolkata', 'America/New_York'].some(timeZone => {
    const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(
      tick,
    );
    return time.endsWith(':00') && Number(time.slice(0, 2)) % 4 === 0;
  });
}

function renewed(secretAccessKey = '') {
  return { accessKeyId: 'AKIALOCALMODE0000003', secretAccessKey: secretAccessKey.replace(/1$/, '3') };
}

async function prepare(world: World, folder: string): Promise<void> {
  const { credentials } = world;
  const unknownAccount = {
    ...JSON.parse(credentials.secretOf('gcs')),
    client_email: 'writer@another-project.iam.gserviceaccount.com',
  };
  const connection = credentials.secretOf('azure');
  const anotherKey = Buffer.alloc(64, 'the key of another storage account').toString('base64');
  const files = {
    'acme-key.json': credentials.secretOf('s3'),
    'acme-wrong-key.json': JSON.stringify({ ...credentials.s3, accessKeyId: 'AKIASOMEBODYELSE00AB' }),
    'acme-new-key.json': JSON.stringify(renewed(credentials.s3.secretAccessKey)),
    'globex-key.json': credentials.secretOf('gcs'),
    'globex-wrong-key.json': JSON.stringify(unknownAccount),
    'initech-sas.json': sasSecret(credentials.azure, start + 20 * hour),
    'initech-connection.txt': connection,
    'initech-wrong-connection.txt': connection.replace(credentials.azure.accountKey, anotherKey),
    'initech-new-sas.json': sasSecret(credentials.azure, start + 365 * 24 * hour),
  };
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  for (const accountId of ['acme', 'globex', 'initech']) await world.writeRows(accountId, rowsOf(accountId));
}

function rowsOf(accountId: string): Row[] {
  const rows: Row[] = [];
  for (let at = start - 8 * hour; at < start + 30 * hour; at += 17 * minute)
    rows.push({
      recordedAt: at,
      values: {
        date: new Date(at).toISOString(),
        email: `eva@${accountId}.example`,
        action: 'Signed in',
        actionId: `${(at - start) / minute}`,
        description: 'From a known device',
        ipAddress: '192.0.2.7',
      },
    });
  return rows;
}
