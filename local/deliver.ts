import { displayName } from '../cli/terminal/display.ts';
import type { Instant } from '../lambdas/domain/instant.ts';
import { windowsAfter } from '../lambdas/domain/plan.ts';
import { placeOf } from '../lambdas/domain/recipe.ts';
import { boundaryAtOrBefore } from '../lambdas/domain/window.ts';
import type { LocalAccount, Scenario } from './account.ts';
import { readLedger } from './delivery/ledger-reader.ts';
import type { OutputFolder } from './delivery/output-folder.ts';
import { ownerOf, readObjects, type StoredObject } from './delivery/stored-objects.ts';
import { type AccountDelivery, verifyAccount } from './delivery/verify.ts';
import type { LocalCloud } from './local-cloud.ts';
import type { Progress } from './progress.ts';
import { provision } from './provision.ts';
import { runTicks, scheduledEvent } from './run-ticks.ts';

export interface Run {
  readonly deliveries: readonly AccountDelivery[];
  /** The objects in the buckets, by account. */
  readonly objects: ReadonlyMap<string, readonly StoredObject[]>;
  /** Everything that failed, one sentence each. */
  readonly problems: readonly string[];
}

/** Sets up the scenario’s accounts, sends its ticks, then reads the buckets back and checks them. */
export async function deliver(cloud: LocalCloud, out: OutputFolder, progress: Progress): Promise<Run> {
  const { aws, clouds, environment, scenario } = cloud;
  const rows = scenario.accounts.reduce((sum, account) => sum + account.rows.length, 0);
  await out.writeRows(scenario.accounts.flatMap(account => account.rows));
  await provision(scenario.accounts, {
    ...aws,
    environment,
    credentials: clouds.credentials,
    onRows: written => progress.update(`Writing audit rows: ${count(written)} of ${count(rows)}`),
  });
  const failures = await exportAll(cloud, progress);

  progress.update('Reading the buckets back');
  const lastTick = scenario.ticks.at(-1) ?? 0;
  const objects = await collectObjects(cloud, out);
  const deliveries: AccountDelivery[] = [];
  for (const account of scenario.accounts) {
    const { accountId } = account.record;
    const ledger = await readLedger(aws.dynamodb, environment.ledgerTable, accountId);
    deliveries.push(verifyAccount(account, objects.get(accountId) ?? [], ledger, lastTick));
  }
  const known = new Set(scenario.accounts.map(({ record }) => record.accountId));
  const strangers = [...objects.keys()].filter(accountId => !known.has(accountId));
  progress.end();
  return {
    deliveries,
    objects,
    problems: [
      ...failures,
      ...strangers.map(
        accountId => `There are objects of the account ${displayName(accountId)}, which does not exist`,
      ),
      ...deliveries.flatMap(({ problems }) => problems),
    ],
  };
}

/** Sends the ticks; returns what failed. */
async function exportAll(
  { aws, resources, scenario, ...functions }: LocalCloud,
  progress: Progress,
): Promise<string[]> {
  const lastTick = scenario.ticks.at(-1) ?? 0;
  const owed = scenario.accounts.reduce((sum, account) => sum + windowsOwed(account, lastTick), 0);
  const failures: string[] = [];
  let delivered = 0;
  let clock = '';
  const stopCounting = aws.events.onEvent(({ detailType, detail }) => {
    if (detailType === 'Export Failed')
      failures.push(
        `${displayName(String(detail.accountId))}: the export failed: ${detail.code}: ${detail.message}`,
      );
    if (detailType === 'Export Delivered' && detail.final === true) delivered++;
    progress.update(`${clock}  windows delivered: ${count(delivered)} of ${count(owed)}`);
  });
  const undone = await runTicks(scenario.ticks, {
    dispatcher: functions.dispatcher,
    exporter: functions.exporter,
    sqs: aws.sqs,
    queue: resources.exportQueue,
    onError: error => failures.push(String(error)),
    onTick(tick) {
      clock = `${new Date(tick).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
      if (scenario.ticks.length === 1) clock = 'Catching up';
      progress.update(`${clock}  windows delivered: ${count(delivered)} of ${count(owed)}`);
    },
  });
  await functions.watchdog.invoke(scheduledEvent(lastTick)).catch(error => failures.push(String(error)));
  // Later events come from ticks that an operator requests.
  stopCounting();
  return undone === 0
    ? failures
    : [...failures, `${undone} messages are still in the queue or in its dead-letter queue`];
}

function windowsOwed({ record: { timeZone, exportFrom } }: LocalAccount, lastTick: Instant): number {
  const from = boundaryAtOrBefore(timeZone, Date.parse(exportFrom));
  return [...windowsAfter(timeZone, from, lastTick)].length;
}

/** Copies every object to the output folder; returns the objects by the account in their key. */
async function collectObjects(
  { clouds, scenario }: { clouds: LocalCloud['clouds']; scenario: Scenario },
  out: OutputFolder,
): Promise<Map<string, StoredObject[]>> {
  const buckets = new Map(
    scenario.accounts.map(({ record }) => {
      const { type: cloud, bucket } = placeOf(record.destination);
      return [`${cloud}://${bucket}`, { cloud, bucket }];
    }),
  );
  const objects = new Map<string, StoredObject[]>();
  for await (const object of readObjects(buckets.values(), clouds)) {
    await out.write(object);
    const accountId = ownerOf(object.key) ?? `of the key ${object.key}`;
    const own = objects.get(accountId);
    if (own === undefined) objects.set(accountId, [object]);
    else own.push(object);
  }
  return objects;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
