import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Instant } from '../../lambdas/domain/instant.ts';
import { bucketRegion, buckets } from './customers.ts';
import type { Recorder } from './recorder.ts';
import type { Row, World } from './world.ts';

const hour = 3_600_000;
const minute = 60_000;
/** The evening before Berlin’s clocks go back: the window from midnight lasts five hours. */
const start = Date.parse('2026-10-24T14:00:00Z');
const lostFile = 'audit/YWNtZQ/audit_YWNtZQ_20261025T030000Z.zip';

/** What an operator does for one customer, from adding the account to writing a lost file again. */
export async function tellStory(world: World, { heading, tell, run }: Recorder, folder: string) {
  const { s3: key } = world.credentials;
  const newKey = { ...key, accessKeyId: 'AKIALOCALMODE0000003' };
  await writeFile(join(folder, 'acme-key.json'), JSON.stringify(key));
  await writeFile(join(folder, 'acme-new-key.json'), JSON.stringify(newKey));
  let recordedUpTo = start - 8 * hour;
  /** Advances time to a tick. Writes only rows up to then, because `verify` warns about rows in the future. */
  async function passTo(tick: Instant): Promise<void> {
    await world.writeRows('acme', rowsBetween(recordedUpTo, tick));
    recordedUpTo = tick;
    await world.tick(tick);
  }

  heading('Check the stack');
  tell('The stack is deployed, and no account is added yet. `doctor` checks what all accounts share.');
  await passTo(start);
  await run('doctor');

  heading('Add a customer');
  tell(
    'The customer acme has sent an access key for its bucket in a file. The command stores the key in Secrets Manager ' +
      'and prints the permissions that the key needs.',
  );
  await run(
    `account add acme --time-zone Europe/Berlin --destination s3 --bucket ${buckets.s3} --bucket-region ${bucketRegion} --secret-file acme-key.json`,
  );
  tell('`verify` uploads a test object with this key, as an export would.');
  await run('verify acme');

  heading('Look at the first file');
  tell('At 20:00 in Berlin the first window ends, and its file is delivered.');
  await passTo(start + 4 * hour);
  await run('account show acme');

  heading('A key is revoked');
  tell(
    'In the evening an administrator of acme deletes the access key. The next two exports fail, and the ticket of ' +
      '[accounts-failing](runbook.md#accounts-failing) is sent. On Sunday morning the operator looks.',
  );
  world.accessKeys.splice(world.accessKeys.indexOf(key), 1);
  await passTo(start + 8 * hour);
  await passTo(start + 13 * hour);
  await passTo(start + 16 * hour);
  await run('status', 1);
  tell(
    'Nothing is lost: the account is owed two windows. The clocks went back that night, so the second window lasts ' +
      'five hours.',
  );
  await run('plan acme');
  tell('`verify` shows the step that fails. Send the customer the line that begins with “The customer:”.');
  await run('verify acme', 1);

  heading('Repair it');
  tell(
    'The customer sends a new key. Store it, and verify again, this time every account that fails, in one line each.',
  );
  world.accessKeys.push(newKey);
  await run('account update acme --secret-file acme-new-key.json');
  await run('verify --state failing');
  tell(
    'At the next boundary, 08:00 in Berlin, the owed windows are delivered, oldest first, each as its own file. ' +
      '`export acme` would deliver them at once.',
  );
  await passTo(start + 17 * hour);
  await run('deliveries acme');

  heading('A file is lost');
  tell(
    'A lifecycle rule of the customer has deleted the file of the long window. `redeliver` writes it again, with the ' +
      'same key and the same bytes. The argument is the end of the window, as `deliveries` shows it.',
  );
  await world.customers.s3.lose(lostFile);
  await run('redeliver acme --window 2026-10-25T03:00Z');
  tell('An object that exists is never overwritten.');
  await run('redeliver acme --window 2026-10-25T03:00Z', 1);
  tell('The customer downloads the file. `inspect` compares it with the SHA-256 in the ledger.');
  await writeFile(join(folder, basename(lostFile)), await world.customers.s3.download(lostFile));
  await run(`inspect ${basename(lostFile)} --ledger`);

  heading('Pause an account');
  tell('A paused account loses nothing. After `resume` it receives every window of the pause.');
  await run('account pause acme');
  await run('account resume acme');
}

function rowsBetween(from: Instant, to: Instant): Row[] {
  const rows: Row[] = [];
  for (let at = from; at < to; at += 15 * minute)
    rows.push({
      recordedAt: at,
      values: {
        date: new Date(at).toISOString(),
        email: 'eva@acme.example',
        action: 'Signed in',
        actionId: `signin_${at / minute}`,
        description: 'From a known device',
        ipAddress: '192.0.2.7',
      },
    });
  return rows;
}
