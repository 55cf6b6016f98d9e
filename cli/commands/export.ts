import type { Command } from 'commander';
import { createCursorReader } from '../../lambdas/aws/cursor-reader.ts';
import { createExportQueue } from '../../lambdas/aws/export-queue.ts';
import type { Account } from '../../lambdas/domain/account.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import type { Window } from '../../lambdas/domain/window.ts';
import type { Run } from '../run.ts';
import { checkRecord } from '../stage/account/check-record.ts';
import { type Standing, standingOf } from '../stage/account/standing.ts';
import { existingRecord, openStores } from '../stage/account/stores.ts';
import type { CommandContext } from '../stage/context.ts';
import { bySettling, windowColumns, windowsOwed } from '../stage/ledger/windows-owed.ts';
import type { Target, WorkedOff } from '../stage/target/target.ts';
import { CommandError } from '../terminal/command-error.ts';
import { displayName } from '../terminal/display.ts';
import type { Report } from '../terminal/report.ts';
import { accountCommand } from '../terminal/shell-word.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted, span, utcTime } from '../terminal/wording.ts';

const windowsShown = 20;

export function registerExport(program: Command, run: Run): void {
  program
    .command('export')
    .description('deliver the windows that an account is owed now, without waiting for its next boundary')
    .argument('<account>', 'the account’s id')
    .addHelpText(
      'after',
      `
Use it after a repair: "verify" shows whether the repair worked, "plan" what is owed. It sends the message that the
dispatcher would send at the next boundary, for all windows whose settle time is over; a duplicate message is harmless. A
paused account, an expired add-on and an invalid record are refused with exit code 2.

Example:
  siem-export export acme --stage prod`,
    )
    .action(run(exportNow));
}

interface Owed {
  readonly account: Account;
  readonly standing: Standing;
  /** Windows whose settle time is over, oldest first. */
  readonly windows: readonly Window[];
  /** Windows that have ended, but whose settle time is not over. */
  readonly settling: readonly Window[];
  readonly now: number;
  readonly settle: number;
}

async function exportNow(context: CommandContext, accountId: string): Promise<Report> {
  const target = await context.target();
  const owed = await lookAt(target, accountId);
  if (!context.json) for (const line of describeOwed(owed, context.terminal)) context.terminal.say(line);
  const last = owed.windows.at(-1);
  const queue = createExportQueue({ client: target.sqs, queueUrl: target.outputs.ExportQueueUrl });
  if (last !== undefined) await queue.send({ accountId, tick: last.end }, 0);
  const outcome = last && (await target.workOffQueue());
  return {
    problem: (outcome?.failures ?? 0) > 0,
    json: {
      accountId,
      queued: last !== undefined,
      tick: last ? toIso(last.end) : null,
      windows: owed.windows.map(({ start, end }) => ({ start: toIso(start), end: toIso(end) })),
      files: outcome?.files ?? null,
      failures: outcome?.failures ?? null,
    },
    lines: terminal => (last === undefined ? [] : [describeQueued(accountId, outcome, target, terminal)]),
  };
}

/** @throws CommandError `usage` if the account is paused, expired or invalid */
async function lookAt(target: Target, accountId: string): Promise<Owed> {
  const { dynamodb, outputs, command } = target;
  const record = await existingRecord(openStores(target), accountId);
  const account = checkRecord(record);
  const reader = createCursorReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  const cursor = await reader.cursor(accountId);
  const settle = (await target.environment()).settleSeconds * 1000;
  const now = await target.now();
  const standing = standingOf(record, cursor, now, settle);
  const name = displayName(accountId);
  if (standing.state === 'paused')
    throw new CommandError(
      'usage',
      `${name} is paused. First run "${accountCommand(`${command} account resume`, accountId)}"`,
    );
  if (standing.state === 'expired')
    throw new CommandError(
      'usage',
      `The add-on of ${name} ended at ${utcTime(account.addOnExpiresAt ?? now)}, and no later window is exported. First run "${accountCommand(`${command} account update`, accountId, '--add-on-expires-at <instant>')}"`,
    );
  const { settled, settling } = bySettling(windowsOwed(account, cursor, now), now, settle);
  return { account, standing, windows: settled, settling, now, settle };
}

function describeOwed(
  { account, standing, windows, settling, now, settle }: Owed,
  terminal: Terminal,
): string[] {
  const { nextWindow, cursor } = standing;
  const name = displayName(account.accountId);
  const [next] = settling;
  const more = windows.length - windowsShown;
  return [
    windows.length === 0
      ? `${name} is owed nothing now.`
      : `${name} is owed ${counted(windows.length, 'window')}, oldest first:`,
    ...(windows.length === 0
      ? []
      : table(windowColumns(account.timeZone), windows.slice(0, windowsShown), terminal)),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(cursor?.lastError === undefined
      ? []
      : [`The last export failed at ${utcTime(cursor.lastError.at)}: ${cursor.lastError.code}.`]),
    ...(next === undefined
      ? []
      : [
          `The window that ends at ${utcTime(next.end)} is exported automatically in ${span(next.end + settle - now)}, when its settle time is over.`,
        ]),
    ...(windows.length + settling.length === 0 && nextWindow !== undefined
      ? [`Its next window ends at ${utcTime(nextWindow.end)}.`]
      : []),
  ];
}

function describeQueued(
  accountId: string,
  outcome: WorkedOff | undefined,
  { command }: Target,
  { paint }: Terminal,
): string {
  const show = `"${accountCommand(`${command} account show`, accountId)}"`;
  if (outcome === undefined) return `${paint('green', '✓')} The export is queued. For its progress: ${show}`;
  const files = `${counted(outcome.files, 'file')} delivered`;
  if (outcome.failures === 0) return `${paint('green', '✓')} ${files}.`;
  return `${paint('red', '✗')} ${files}, ${counted(outcome.failures, 'failure')}. For the reason: ${show}`;
}
