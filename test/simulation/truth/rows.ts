import type { Row } from '../services/audit-rows.ts';
import type { World } from '../world/world.ts';
import { boundaryAfter } from './boundaries.ts';
import { hour, type Scenario } from './scenario.ts';

export const auditLogSource = {
  tableName: 'AuditLogs',
  partitionKey: 'accountId',
  sortKey: 'recordedAt',
  sortKeyType: 'iso',
  attributes: {
    date: 'recordedAt',
    email: 'email',
    action: 'action',
    actionId: 'id',
    description: 'description',
    ipAddress: 'ip',
  },
} as const;

/** The rows of an account, from some time before the simulation begins. */
export function drawRows(
  world: World,
  { start, end, settleSeconds, recountAfter = 0, enabled }: Scenario,
  account: {
    readonly id: string;
    readonly number: number;
    readonly timeZone: string;
    readonly exportFrom?: string | undefined;
  },
): readonly Row[] {
  const random = world.random(`rows ${account.number}`);
  const rows: Row[] = [];
  const usualGap = random.pick([20, 60, 150, 400]) * 60_000;
  const { exportFrom } = account;
  let at = start - 30 * hour;
  // A few rows are enough to check a long history.
  let past = exportFrom === undefined ? at : Date.parse(exportFrom);
  while (past < at) {
    add(past, 3);
    past += random.integer(1, 12) * hour;
  }
  while (at < end) {
    // Bursts make windows of several parts, pauses make empty windows.
    const burst = random.chance(0.06) ? random.integer(5, 20) : 1;
    for (let count = 0; count < burst; count++)
      add(at + random.integer(0, 60_000), random.pick([3, 3, 3, 6, 0]));
    at += Math.ceil(random.next() * 2 * usualGap);
  }
  if (enabled.has('boundary-row'))
    for (let boundary = boundaryAfter(account.timeZone, start); boundary < end; ) {
      if (random.chance(0.5)) addAround(boundary);
      boundary = boundaryAfter(account.timeZone, boundary);
    }
  if (enabled.has('large-window') && account.number === 0) {
    world.inject('large-window');
    for (let count = 0; count < 1000; count++) add(start + 9 * hour + count * 1000, 3, 16_000);
  }
  if (enabled.has('slow-bucket') && account.number === 0)
    for (let count = 0; count < 250; count++) add(start + 9 * hour + count * 20_000, 3, 200);
  return rows.sort((one, other) => (one.key < other.key ? -1 : 1));

  function addAround(boundary: number): void {
    world.inject('boundary-row');
    const offset = random.pick([-1, 0, 0, 1]);
    add(boundary + offset, random.pick([3, 6]));
    if (random.chance(0.3)) add(boundary, -1);
    if (random.chance(0.3)) add(boundary, 0);
  }

  /** @param digits digits of the fraction of a second; -1 for a key without id and zone */
  function add(instant: number, digits: number, size = 20): void {
    const id = `${account.number}-${rows.length}`;
    const iso = new Date(instant).toISOString();
    const second = iso.slice(0, 19);
    const fraction = digits <= 0 ? '' : iso.slice(19, 23).padEnd(digits + 1, '9');
    const key = digits < 0 ? second : `${second}${fraction}Z#${id}`;
    const recordedAt = digits <= 0 ? Date.parse(`${second}Z`) : instant;
    const visibleAt = recordedAt + drawLag();
    const columns = {
      Date: new Date(recordedAt).toISOString(),
      Email: `user-${id}@example.com`,
      Action: 'LOGIN',
      'Action ID': id,
      Description: 'd'.repeat(random.integer(0, size)),
      'IP Address': null,
    };
    if (size > 100) columns.Description = columns.Description.padEnd(size, 'd');
    rows.push({
      id,
      accountId: account.id,
      key,
      recordedAt,
      visibleAt,
      deletedAt: drawDeletion(visibleAt),
      line: JSON.stringify(columns),
      wire: JSON.stringify({
        accountId: { S: account.id },
        recordedAt: { S: key },
        id: { S: id },
        email: { S: columns.Email },
        action: { S: columns.Action },
        description: { S: columns.Description },
      }),
    });
  }

  /**
   * The recorder’s clock may be ahead or behind; with the lag it is mostly within the settle time. Late rows come
   * before or after the recount of their window.
   */
  function drawLag(): number {
    if (enabled.has('recorded-late') && random.chance(0.1)) {
      world.inject('recorded-late');
      return settleSeconds * 1000 + random.integer(0, recountAfter + random.pick([2, 8]) * hour);
    }
    if (!enabled.has('late-row') || !random.chance(0.1)) return random.integer(-500, 2000);
    world.inject('late-row');
    return random.integer(0, Math.max(settleSeconds * 1000 - 10_000, 0));
  }

  function drawDeletion(visibleAt: number): number {
    if (!enabled.has('deleted-row') || !random.chance(0.03)) return Number.POSITIVE_INFINITY;
    world.inject('deleted-row');
    return visibleAt + random.integer(60_000, 40 * hour);
  }
}
