import type { Command } from 'commander';
import { createCursorReader } from '../../../lambdas/aws/cursor-reader.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import type { Run } from '../../run.ts';
import type { AccountRecord } from '../../stage/account/account-record.ts';
import {
  addNamedAccounts,
  type NamedAccounts,
  namedAccounts,
  recordsOf,
} from '../../stage/account/named-accounts.ts';
import { type Standing, standingOf } from '../../stage/account/standing.ts';
import { noSuchAccount, openStores } from '../../stage/account/stores.ts';
import type { CommandContext } from '../../stage/context.ts';
import type { Target } from '../../stage/target/target.ts';
import { workThrough } from '../../stage/work.ts';
import { displayName } from '../../terminal/display.ts';
import type { Report } from '../../terminal/report.ts';
import { utcTime } from '../../terminal/wording.ts';

type Status = 'active' | 'paused';

const atOnce = 16;

export function registerPauseAndResume(accounts: Command, run: Run): void {
  const register = (name: string, description: string, status: Status) =>
    addNamedAccounts(accounts.command(name))
      .description(description)
      .action(
        run((context, given: readonly string[], options: NamedAccounts) =>
          setStatus(context, given, options, status),
        ),
      );
  register('pause', 'stop exporting accounts; nothing is lost', 'paused');
  register('resume', 'export paused accounts again', 'active');
}

async function setStatus(
  context: CommandContext,
  given: readonly string[],
  options: NamedAccounts,
  status: Status,
): Promise<Report> {
  const { terminal } = context;
  const accountIds = await namedAccounts(given, options, terminal);
  const target = await context.target();
  const stores = openStores(target);
  const { records } = stores;
  const known = await recordsOf(accountIds, stores);
  // Read before the change: an error after it would look as if nothing were changed.
  const outcomes = await outcomesOf(known, status, target);
  const announce = await stores.announcer.begin();
  await workThrough([...known], {
    atOnce,
    terminal,
    what: `accounts are ${status}`,
    again: 'run the same command again to continue',
    async each([accountId, record]) {
      if (!(await records.setStatus(accountId, status))) throw noSuchAccount(accountId, stores);
      await announce({ before: record, after: { ...record, status } });
    },
  });
  return {
    json: {
      accounts: [...known.keys()],
      status,
      notExported: outcomes.filter(({ exported }) => !exported).map(({ accountId }) => accountId),
    },
    lines: ({ paint }) =>
      outcomes.map(({ accountId, text }) => `${paint('green', '✓')} ${displayName(accountId)} ${text}`),
  };
}

interface Outcome {
  readonly accountId: string;
  /** False if the account is not exported even when active: its add-on has expired, or its record is invalid. */
  readonly exported: boolean;
  readonly text: string;
}

async function outcomesOf(
  records: ReadonlyMap<string, AccountRecord>,
  status: Status,
  { dynamodb, outputs, now }: Target,
): Promise<Outcome[]> {
  const ledger = createCursorReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  const [cursors, time] = await Promise.all([ledger.cursors([...records.keys()]), now()]);
  return [...records].map(([accountId, record]) => {
    // Judged as if active, because `paused` would hide every other state. The settle time does not matter here.
    const standing = standingOf({ ...record, status: 'active' }, cursors.get(accountId), time, 0);
    const exported = standing.state !== 'expired' && standing.state !== 'invalid';
    const text = status === 'paused' ? pausedText(standing) : activeText(standing, time);
    return { accountId, exported, text };
  });
}

function pausedText({ state }: Standing): string {
  return state === 'expired' || state === 'invalid'
    ? `is paused. It was not exported before either, because it is ${state}.`
    : 'is paused. Nothing is lost: windows that end meanwhile are delivered once it is resumed.';
}

function activeText({ state, account, cursor, nextWindow }: Standing, now: Instant): string {
  if (state === 'invalid') return 'is active, but its record is invalid: "account show" says why.';
  if (account?.addOnExpiresAt !== undefined && state === 'expired') {
    const end = account.addOnExpiresAt <= now ? 'ended' : 'ends';
    return `is active, but its add-on ${end} at ${utcTime(account.addOnExpiresAt)}: windows that end later are delivered once it is renewed.`;
  }
  if (cursor === undefined) return 'is active. Its export begins at its next boundary.';
  if (nextWindow !== undefined && nextWindow.end > now)
    return 'is active. Nothing is due before its next boundary.';
  return 'is active. The windows that ended meanwhile are delivered at its next boundary, one file for each.';
}
