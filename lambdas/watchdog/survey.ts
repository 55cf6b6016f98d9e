import { type Account, parseAccount } from '../domain/account.ts';
import type { Cursor } from '../domain/cursor.ts';
import { toExportError } from '../domain/failure.ts';
import type { Instant } from '../domain/instant.ts';
import { nextBoundary } from '../domain/window.ts';

/** What an hourly look at every account found. */
export interface Survey {
  readonly accounts: number;
  readonly invalid: readonly { readonly accountId: string; readonly faults: string }[];
  /** Accounts with a window that is owed and overdue; `since` is how far they are exported. */
  readonly behind: readonly { readonly accountId: string; readonly since: Instant }[];
  /** Active accounts that no exporter has seen yet: normal for some hours after they were added. */
  readonly neverExported: readonly string[];
}

export interface WatchdogPorts {
  /** Every account record, unchecked, a page at a time. */
  records(): AsyncIterable<readonly Record<string, unknown>[]>;
  /** The cursors of these accounts, as far as they have one. */
  cursors(accountIds: readonly string[]): Promise<ReadonlyMap<string, Cursor>>;
}

/**
 * Looks at every account from outside the exporter: is its record valid, and is anything owed that should have been
 * delivered by now?
 *
 * @param grace how long after a window's end its file may take, in milliseconds
 */
export async function survey(now: Instant, grace: number, ports: WatchdogPorts): Promise<Survey> {
  let accounts = 0;
  const invalid: { accountId: string; faults: string }[] = [];
  const behind: { accountId: string; since: Instant }[] = [];
  const neverExported: string[] = [];
  for await (const records of ports.records()) {
    accounts += records.length;
    const active: Account[] = [];
    for (const record of records) {
      const checked = check(record);
      if ('faults' in checked) invalid.push(checked);
      else if (checked.status === 'active') active.push(checked);
    }
    const cursors = await ports.cursors(active.map(({ accountId }) => accountId));
    for (const account of active) {
      const cursor = cursors.get(account.accountId);
      if (!cursor) neverExported.push(account.accountId);
      else if (isOverdue(account, cursor, now - grace))
        behind.push({ accountId: account.accountId, since: cursor.exportedThrough });
    }
  }
  return { accounts, invalid, behind, neverExported };
}

function isOverdue(
  { timeZone, addOnExpiresAt }: Account,
  { exportedThrough, intent }: Cursor,
  due: Instant,
): boolean {
  const end = intent?.window.end ?? nextBoundary(timeZone, exportedThrough);
  return end <= due && (addOnExpiresAt === undefined || end <= addOnExpiresAt);
}

function check(record: Record<string, unknown>): Account | { accountId: string; faults: string } {
  try {
    return parseAccount(record);
  } catch (thrown) {
    return { accountId: String(record.accountId), faults: toExportError(thrown).message };
  }
}
