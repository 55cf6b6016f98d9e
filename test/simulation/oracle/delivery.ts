import { isTestObjectKey } from '../../../lambdas/domain/test-object.ts';
import type { Row } from '../services/audit-rows.ts';
import type { StoredObject } from '../services/cloud.ts';
import type { SimulatedAccount } from '../truth/accounts.ts';
import { boundaryAfter } from '../truth/boundaries.ts';
import type { Scenario } from '../truth/scenario.ts';
import type { World } from '../world/world.ts';
import { isInTime, type LateRowWatch, lastDue } from './late-row-watch.ts';
import type { Commit } from './ledger-watch.ts';
import { readLines } from './read-object.ts';

const longestInvocation = 15 * 60_000;

interface DeliveryOptions {
  readonly world: World;
  readonly scenario: Scenario;
  readonly accounts: readonly SimulatedAccount[];
  readonly rowsOf: (accountId: string) => readonly Row[];
  readonly commits: (accountId: string) => readonly Commit[];
  readonly firstPosition: (accountId: string) => number | undefined;
  /** The end of the window whose file has been begun. */
  readonly intentEnd: (accountId: string) => number | undefined;
  readonly objects: readonly StoredObject[];
  readonly lateRows: LateRowWatch;
}

export interface Delivered {
  readonly rows: number;
  readonly objects: number;
}

/** Final check: every owed row is in exactly one object, and no other row is. */
export function checkDelivery(options: DeliveryOptions): Delivered {
  const { world, objects, commits, accounts } = options;
  const committed = new Set<StoredObject>();
  let rows = 0;
  for (const account of accounts) {
    for (const { object } of commits(account.id)) if (object) committed.add(object);
    rows += checkAccount(options, account);
  }
  for (const object of objects)
    if (!object.foreign && !committed.has(object) && !isTestObjectKey(object.key))
      checkUncommitted(options, object);
  world.trace('oracle', `${rows} rows in ${objects.length} objects`);
  return { rows, objects: objects.length };
}

function checkAccount(options: DeliveryOptions, account: SimulatedAccount): number {
  const { world, scenario, commits, firstPosition, rowsOf, lateRows } = options;
  const first = firstPosition(account.id);
  if (first === undefined) {
    world.violate('liveness', `${account.id} was never exported`);
    return 0;
  }
  let position = first;
  let part = 1;
  const undelivered = new Map<string, Row>();
  const delivered = new Set<string>();
  const byLine = new Map(rowsOf(account.id).map(row => [row.line, row]));
  // The same rows make the same bytes again; only rows that came late, or were deleted, can make others.
  const hasOtherRows = ({ start, end }: Commit['intent']) =>
    rowsOf(account.id).some(
      ({ recordedAt, visibleAt, deletedAt }) =>
        recordedAt >= start &&
        recordedAt < end &&
        (deletedAt < Number.POSITIVE_INFINITY || !isInTime(visibleAt, end + scenario.settleSeconds * 1000)),
    );
  const recomputed = new Set(
    commits(account.id).flatMap(({ recomputed, intent }) =>
      recomputed && hasOtherRows(intent) ? intent.end : [],
    ),
  );
  for (const { intent, final, at, object, ambiguous, row } of commits(account.id)) {
    if (intent.start !== position || intent.part !== part)
      world.violate('tiling', `${account.id}: the file of ${iso(intent.end)} follows ${iso(position)}`);
    position = final ? intent.end : position;
    part = final ? 1 : part + 1;
    const owed = rowsOf(account.id).filter(
      ({ recordedAt, visibleAt, deletedAt, key }) =>
        recordedAt >= intent.start &&
        recordedAt < intent.end &&
        isInTime(visibleAt, intent.end + scenario.settleSeconds * 1000) &&
        deletedAt > at &&
        (intent.after === undefined || key > intent.after) &&
        (final || key <= (row.lastSortKey?.S ?? '')),
    );
    if (ambiguous) continue;
    const name = object?.key ?? `the window to ${iso(intent.end)} without an object`;
    const lines = object ? contentOf(world, object) : [];
    for (const line of lines) {
      const found = byLine.get(line);
      if (!found) world.violate('content', `${name} holds a line that is no row: ${line.slice(0, 200)}`);
      else if (found.recordedAt < intent.start || found.recordedAt >= intent.end)
        world.violate('not-owed', `${name} holds ${found.key}, which is of another window`);
      else if (delivered.has(found.id) && !recomputed.has(intent.end))
        world.violate('twice', `${found.key} of ${account.id} is delivered twice`);
      else delivered.add(found.id);
    }
    if (recomputed.has(intent.end)) continue;
    for (const missing of owed) if (!delivered.has(missing.id)) undelivered.set(missing.id, missing);
    if (Number(row.records?.N) !== lines.length)
      world.violate('ledger', `${name} holds ${lines.length} rows, the ledger says ${row.records?.N}`);
  }
  for (const { key } of undelivered.values())
    world.violate('lost', `${key} of ${account.id} is not delivered`);
  checkCaughtUp(options, account, position);
  lateRows.check(account, commits(account.id), rowsOf(account.id), delivered);
  return delivered.size;
}

/**
 * An object at a place that the account left while the outcome of the upload was unknown: the one exception in
 * docs/maintainer/reliability.md.
 */
function checkUncommitted({ world, accounts, commits, scenario }: DeliveryOptions, object: StoredObject) {
  const encoded = /audit\/([\w-]+)\/[^/]+$/.exec(object.key)?.[1] ?? '';
  const account = accounts.find(({ id }) => Buffer.from(id).toString('base64url') === encoded);
  if (!account) return world.violate('stray', `${object.key} is of no account`);
  const name = object.key.slice(object.key.lastIndexOf('/') + 1);
  const end = /_(\d{8}T\d{6})Z/.exec(name)?.[1];
  const others = commits(account.id).filter(({ row, intent }) =>
    row.key ? row.key.S?.endsWith(`/${name}`) : compact(intent.end) === end,
  );
  const expires = account.record.addOnExpiresAt;
  const [committed] = others;
  if (!committed) {
    // Still on its way.
    if (object.createdAt > scenario.end - longestInvocation) return;
    // Begun, then no longer owed: nothing is exported beyond the end of an add-on.
    if (expires !== undefined && Date.parse(expires) < scenario.end) return;
    return world.violate('stray', `${object.place} ${object.key} is in no ledger`);
  }
  const { place, at } = { place: committed.intent.place, at: committed.at };
  const left = account.versions.some(
    version =>
      version.at > object.createdAt - 20 * 60_000 && version.at <= at && version.record !== undefined,
  );
  if (`${place}/`.startsWith(`${object.place}/`) && committed.row.key?.S === object.key)
    world.violate('twice', `${object.key} is there twice`);
  else if (!left) world.violate('twice', `${object.place} ${object.key} is also committed at ${place}`);
}

function checkCaughtUp(options: DeliveryOptions, account: SimulatedAccount, position: number) {
  const { world, scenario, commits } = options;
  const { timeZone, addOnExpiresAt } = account.record;
  const expires = addOnExpiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(addOnExpiresAt);
  const due = lastDue(scenario, timeZone);
  const last = commits(account.id).at(-1);
  if (last && last.intent.end > expires && last.at > scenario.faultsUntil)
    world.violate('not-owed', `${account.id} got a window that ends after its add-on expired`);
  if (position < due && (options.intentEnd(account.id) ?? boundaryAfter(timeZone, position)) <= expires)
    world.violate('liveness', `${account.id} stands at ${iso(position)} and not at ${iso(due)}`);
}

function contentOf(world: World, object: StoredObject): readonly string[] {
  try {
    return readLines(object);
  } catch (thrown) {
    world.violate('content', `${object.key} cannot be read: ${String(thrown)}`);
    return [];
  }
}

function compact(instant: number): string {
  return new Date(instant).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
}

function iso(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16);
}
