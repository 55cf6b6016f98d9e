import { type Account, parseAccount } from '../domain/account.ts';
import type { Cursor } from '../domain/cursor.ts';
import { ExportError, toExportError } from '../domain/failure.ts';
import type { Instant } from '../domain/instant.ts';
import { owedEnd, troubleOf } from '../domain/lateness.ts';
import type { FailingAccount, InvalidAccount, Survey, TroubledAccount } from '../domain/survey.ts';
import type { WatchdogPorts } from './ports.ts';

/**
 * Checks every account: is its record valid, does its export fail, is an owed window late? It uses nothing that the
 * dispatcher writes, so that it also finds accounts which the dispatcher misses.
 *
 * @param settle how long after its end a window is read, in milliseconds
 */
export async function survey(now: Instant, settle: number, ports: WatchdogPorts): Promise<Survey> {
  let accounts = 0;
  const invalid: InvalidAccount[] = [];
  const failing: FailingAccount[] = [];
  const behind: TroubledAccount[] = [];
  const neverExported: string[] = [];
  const active: string[] = [];
  for await (const records of ports.records()) {
    accounts += records.length;
    const checked = records.map(check);
    const relevant = checked.filter(account => 'faults' in account || account.status === 'active');
    const cursors = await ports.cursors(relevant.map(({ accountId }) => accountId));
    for (const account of relevant) look(account, cursors.get(account.accountId));
  }
  return { at: now, accounts, invalid, failing, behind, neverExported, active };

  function look(account: Account | InvalidAccount, cursor: Cursor | ExportError | undefined): void {
    const { accountId } = account;
    if (cursor instanceof ExportError) {
      const faults = [...('faults' in account ? [account.faults] : []), cursor.message].join('; ');
      invalid.push({ accountId, faults, paused: 'faults' in account && account.paused });
    } else if ('faults' in account)
      invalid.push(cursor ? { ...account, exportedThrough: cursor.exportedThrough } : account);
    else {
      active.push(accountId);
      if (cursor === undefined || waitsToBegin(account, cursor)) neverExported.push(accountId);
      else lookAtExport(account, cursor);
    }
  }

  function lookAtExport(account: Account, cursor: Cursor): void {
    const trouble = troubleOf(account, cursor, now, settle);
    if (trouble === undefined) return;
    const { since } = trouble;
    const troubled = { accountId: account.accountId, exportedThrough: cursor.exportedThrough, since };
    if (trouble.kind === 'behind') behind.push(troubled);
    else failing.push({ ...troubled, code: trouble.code, message: trouble.message });
  }

  /** True if the account was resumed, or its add-on renewed, and no exporter has handled it since. */
  function waitsToBegin(account: Account, cursor: Cursor): boolean {
    const end = owedEnd(account, cursor);
    return cursor.stopped !== undefined && end !== undefined && end + settle <= now;
  }
}

function check(record: Record<string, unknown>): Account | InvalidAccount {
  try {
    return parseAccount(record);
  } catch (thrown) {
    const accountId = String(record.accountId);
    return { accountId, faults: toExportError(thrown).message, paused: record.status === 'paused' };
  }
}
