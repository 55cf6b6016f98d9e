import type { Command } from 'commander';
import { createCursorReader } from '../../lambdas/aws/cursor-reader.ts';
import { type Instant, toIso } from '../../lambdas/domain/instant.ts';
import type { Window } from '../../lambdas/domain/window.ts';
import type { Run } from '../run.ts';
import { type Standing, standingOf } from '../stage/account/standing.ts';
import { existingRecord, openStores } from '../stage/account/stores.ts';
import type { CommandContext } from '../stage/context.ts';
import { windowColumns, windowsOwed } from '../stage/ledger/windows-owed.ts';
import { displayName } from '../terminal/display.ts';
import type { Report } from '../terminal/report.ts';
import { table } from '../terminal/table.ts';
import { wholeNumber } from '../terminal/whole-number.ts';
import { counted, parseInstant, span, utcTime } from '../terminal/wording.ts';

export function registerPlan(program: Command, run: Run): void {
  program
    .command('plan')
    .description('show which windows an account is owed and why; delivers nothing')
    .argument('<account>', 'the account’s id')
    .option('--at <instant>', 'calculate for this instant; by default for now')
    .option('--limit <number>', 'how many windows to list', wholeNumber(1), 20)
    .addHelpText('after', '\nExit code 1 if the record is invalid: then the windows cannot be calculated.')
    .action(run(showPlan));
}

async function showPlan(
  context: CommandContext,
  accountId: string,
  options: { readonly at?: string; readonly limit: number },
): Promise<Report> {
  const at = options.at === undefined ? undefined : parseInstant(options.at, '--at');
  const target = await context.target();
  const now = at ?? (await target.now());
  const record = await existingRecord(openStores(target), accountId);
  const ledger = { client: target.dynamodb, tableName: target.outputs.ExportLedgerTableName };
  const cursors = await createCursorReader(ledger).cursors([accountId]);
  const { settleSeconds } = await target.environment();
  const standing = standingOf(record, cursors.get(accountId), now, settleSeconds * 1000);
  const known = standing.account !== undefined;
  const owed = standing.account ? windowsOwed(standing.account, standing.cursor, now) : [];
  const reasons = reasonsFor(standing, owed, now, settleSeconds * 1000);
  const { timeZone = 'UTC' } = standing.account ?? {};
  const sum = known
    ? `${counted(owed.length, 'window')} owed`
    : 'the windows owed are unknown until the record is valid';
  return {
    problem: !known,
    json: {
      accountId,
      at: toIso(now),
      state: standing.state,
      reasons,
      owed: known ? owed.map(({ start, end }) => ({ start: toIso(start), end: toIso(end) })) : null,
    },
    lines: terminal => [
      `${displayName(accountId)} at ${utcTime(now)}: ${sum}.`,
      ...reasons.map(reason => `  ${reason}`),
      ...(owed.length === 0 ? [] : table(windowColumns(timeZone), owed.slice(0, options.limit), terminal)),
      ...(owed.length > options.limit ? [`and ${owed.length - options.limit} more (see --limit)`] : []),
    ],
  };
}

function reasonsFor(
  { state, account, faults, cursor, nextWindow }: Standing,
  owed: readonly Window[],
  now: Instant,
  settle: number,
): string[] {
  const reasons: string[] = [];
  reasons.push(...faults);
  if (account !== undefined && cursor === undefined)
    reasons.push(
      account.exportFrom === undefined
        ? 'The account has not been exported yet: it begins with the window that ends at its next boundary.'
        : `The account has not been exported yet: it begins with the window that contains ${utcTime(account.exportFrom)}.`,
    );
  if (cursor !== undefined) reasons.push(`Exported through ${utcTime(cursor.exportedThrough)}.`);
  if (cursor?.intent !== undefined)
    reasons.push(
      `Part ${cursor.intent.part} of the window that ends at ${utcTime(cursor.intent.window.end)} has been started.`,
    );
  if (state === 'paused') reasons.push('Paused: what is owed is delivered once it is resumed.');
  if (state === 'expired')
    reasons.push('The add-on has expired: later windows are delivered once it is renewed.');
  if (cursor?.lastError !== undefined)
    reasons.push(`Failing: ${cursor.lastError.code}: ${cursor.lastError.message}`);
  const youngest = owed.at(-1);
  if (youngest !== undefined && youngest.end + settle > now)
    reasons.push(
      `The latest window is read in ${span(youngest.end + settle - now)}, when its settle time is over.`,
    );
  if (owed.length === 0 && nextWindow !== undefined && nextWindow.end > now)
    reasons.push(`The next window ends at ${utcTime(nextWindow.end)}, in ${span(nextWindow.end - now)}.`);
  return reasons;
}
