import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Instant } from '../../lambdas/domain/instant.ts';
import type { Recorder } from './recorder.ts';
import { bucketRegion, buckets, type Row, type World } from './world.ts';

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
    `account add initech --time-zone America/New_York --destination azure --container ${buckets.azure} --prefix security --compression gzip --secret-file initech-connection.txt`,
  );
  tell('Does it work? `verify` writes by the real way, with the real credential.');
  await run('verify acme');
  await run('verify globex');
  await run('verify initech');

  heading('The first files');
  tell('Two boundaries later every account has its first file.');
  await ticks(world, start + 30 * minute, start + 6 * hour);
  await run('account list');
  await run('status');

  heading('Break it: a missing bucket, a wrong region, a wrong key');
  tell('A typing error in the container’s name, a wrong region, and the key of another project.');
  await run('account update initech --container initech-log');
  await run('verify initech', 1);
  await run('account update acme --bucket-region us-west-2');
  await run('verify acme', 1);
  await run('account update globex --secret-file another-key.json');
  await run('verify globex', 1);
  tell('Nobody notices. Boundaries pass, and files are owed. Then an alarm says “exports-failed”.');
  await world.tick(start + 14 * hour);
  await run('status', 1);
  await run('account show acme');
  await run('plan acme');

  heading('Repair it');
  await run(`account update initech --container ${buckets.azure}`);
  await run('verify initech');
  await run(`account update acme --bucket-region ${bucketRegion}`);
  await run('verify acme');
  await run('account update globex --secret-file globex-key.json');
  await run('verify globex');
  tell('At the next boundary of each account its backlog arrives by itself, each window its own file.');
  await ticks(world, start + 15 * hour, start + 18 * hour);
  await run('status');
  await run('deliveries acme');
  tell('The clocks went back in Berlin that night: the window from midnight lasted five hours.');

  heading('A credential is revoked');
  tell('The customer’s administrator deletes the access key and forgets to say so.');
  const revoked = world.accessKeys.shift();
  await world.tick(start + 22 * hour);
  await run('status', 1);
  await run('verify acme', 1);
  tell('The customer makes a new key, and hands it over in a file.');
  world.accessKeys.unshift(renewed(revoked?.secretAccessKey));
  await run('account update acme --secret-file acme-new-key.json');
  await run('verify acme');
  await ticks(world, start + 23 * hour, start + 26 * hour);
  await run('deliveries acme --since 2026-10-25T12:00:00Z');

  heading('The customer has lost a file');
  const key = 'audit/YWNtZQ/audit_YWNtZQ_20261025T070000Z.zip';
  tell(
    'A lifecycle rule deleted it. The same file, byte for byte, is written again; one that is there never is.',
  );
  await world.lose(key);
  await run('redeliver acme --window 2026-10-25T07:00:00Z');
  await run('redeliver acme --window 2026-10-25T07:00:00Z', 1);
  tell('The customer downloads it and asks whether it is whole, and the one that was delivered.');
  await writeFile(join(folder, basename(key)), await world.download(key));
  await run(`inspect ${basename(key)} --ledger`);

  heading('Put aside, paused, removed');
  await run('retry');
  await run('account pause globex');
  await run('account resume globex');
  await run('account remove initech --yes');
  await run('account list');
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
  const another = {
    ...JSON.parse(credentials.secretOf('gcs')),
    client_email: 'writer@another-project.iam.gserviceaccount.com',
  };
  const newKey = renewed(credentials.s3.secretAccessKey);
  const files = {
    'acme-key.json': credentials.secretOf('s3'),
    'acme-new-key.json': JSON.stringify(newKey),
    'globex-key.json': credentials.secretOf('gcs'),
    'another-key.json': JSON.stringify(another),
    'initech-connection.txt': credentials.secretOf('azure'),
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
