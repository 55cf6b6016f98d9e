import { type Account, parseAccount } from '../domain/account.ts';
import type { Cursor } from '../domain/cursor.ts';
import { ExportError, toExportError } from '../domain/failure.ts';
import type { Instant } from '../domain/instant.ts';
import type { InvalidAccount, Survey } from '../domain/survey.ts';
import { nextBoundary } from '../domain/window.ts';
import type { WatchdogPorts } from './ports.ts';

/**
 * Looks at every account from outside the exporter: is its record valid, and is anything owed that should have been
 * delivered by now? Reads nothing that the dispatcher writes, so an account that no dispatcher finds is found here.
 *
 * @param grace how long after a window's end its file may take, in milliseconds
 */
export async function survey(now: Instant, grace: number, ports: WatchdogPorts): Promise<Survey> {
  let accounts = 0;
  const invalid: InvalidAccount[] = [];
  const behind: { accountId: string; since: Instant }[] = [];
  const neverExported: string[] = [];
  const active: string[] = [];
  for await (const records of ports.records()) {
    accounts += records.length;
    const checked = records.map(check);
    const relevant = checked.filter(account => 'faults' in account || account.status === 'active');
    const cursors = await ports.cursors(relevant.map(({ accountId }) => accountId));
    for (const account of relevant) {
      const { accountId } = account;
      if (!('faults' in account)) active.push(accountId);
      const cursor = cursors.get(accountId);
      if (cursor instanceof ExportError)
        invalid.push({ accountId, faults: [...faultsOf(account), cursor.message].join('; ') });
      else if ('faults' in account)
        invalid.push(cursor ? { ...account, exportedThrough: cursor.exportedThrough } : account);
      else if (!cursor) neverExported.push(accountId);
      else if (isOverdue(account, cursor, now - grace))
        behind.push({ accountId, since: cursor.exportedThrough });
    }
  }
  return { accounts, invalid, behind, neverExported, active };
}

function faultsOf(account: Account | InvalidAccount): string[] {
  return 'faults' in account ? [account.faults] : [];
}

function isOverdue(
  { timeZone, addOnExpiresAt }: Account,
  { exportedThrough, intent }: Cursor,
  due: Instant,
): boolean {
  const end = intent?.window.end ?? nextBoundary(timeZone, exportedThrough);
  return end <= due && (addOnExpiresAt === undefined || end <= addOnExpiresAt);
}

function check(record: Record<string, unknown>): Account | InvalidAccount {
  try {
    return parseAccount(record);
  } catch (thrown) {
    return { accountId: String(record.accountId), faults: toExportError(thrown).message };
  }
}
