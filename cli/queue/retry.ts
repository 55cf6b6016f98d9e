import type { Command } from 'commander';
import { createCursorReader } from '../../lambdas/aws/cursor-reader.ts';
import type { Cursor } from '../../lambdas/domain/cursor.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import { displayName } from '../../local/display.ts';
import { confirm } from '../account/ask.ts';
import type { CommandContext } from '../context.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import { type Column, table } from '../table.ts';
import { counted, utcTime } from '../wording.ts';
import { createDeadLetters, type DeadLetter } from './dead-letters.ts';

interface RetryOptions {
  readonly yes?: boolean;
  readonly discardForeign?: boolean;
}

export function registerRetry(program: Command, run: Run): void {
  program
    .command('retry')
    .description('show the exports that were put aside and why, then queue them again')
    .option('--yes', 'queue them again without asking')
    .option('--discard-foreign', 'delete messages that are none of ours, which would fail for ever')
    .addHelpText(
      'after',
      `
Without --yes, and where there is nobody to ask, it only shows. What is put aside is not lost either way: the next
boundary of the account delivers it as well.`,
    )
    .action(run(retry));
}

async function retry(context: CommandContext, { yes, discardForeign }: RetryOptions): Promise<Report> {
  const { terminal, json } = context;
  const { sqs, dynamodb, outputs } = await context.target();
  const queue = createDeadLetters({
    client: sqs,
    queueUrl: outputs.ExportDeadLetterQueueUrl,
    exportQueueUrl: outputs.ExportQueueUrl,
  });
  const letters = await queue.receiveAll();
  const ours = letters.filter(({ message }) => message !== undefined);
  const foreign = letters.filter(({ message }) => message === undefined);
  const reader = createCursorReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  const ids = [...new Set(ours.flatMap(({ message }) => message?.accountId ?? []))];
  const cursors = await reader.cursors(ids);
  if (!json) for (const line of describe(letters, cursors)) terminal.say(line);

  const asked =
    !yes && ours.length > 0 && terminal.interactive && !json
      ? await confirm(terminal, `Queue ${counted(ours.length, 'export')} again?`)
      : yes === true;
  for (const letter of ours) await (asked ? queue.moveBack(letter) : queue.letGo(letter));
  for (const letter of foreign) await (discardForeign ? queue.discard(letter) : queue.letGo(letter));
  const moved = asked ? ours.length : 0;
  const discarded = discardForeign ? foreign.length : 0;
  return {
    problem: moved + discarded < letters.length,
    json: { messages: letters.map(letter => letterJson(letter, cursors)), moved, discarded },
    lines: ({ paint }) => [
      ...(moved > 0 ? [`${paint('green', '✓')} ${counted(moved, 'export')} queued again.`] : []),
      ...(discarded > 0 ? [`${counted(discarded, 'message')} discarded.`] : []),
      ...(moved + discarded < letters.length
        ? [
            `${counted(letters.length - moved - discarded, 'message')} left as it is; --yes queues exports again.`,
          ]
        : []),
    ],
  };
}

function describe(letters: readonly DeadLetter[], cursors: ReadonlyMap<string, Cursor>): string[] {
  if (letters.length === 0) return ['Nothing was put aside.'];
  const columns: readonly Column<DeadLetter>[] = [
    {
      heading: 'account',
      text: ({ message }) => (message ? displayName(message.accountId) : 'not a message of ours'),
    },
    { heading: 'tick', text: ({ message }) => (message ? utcTime(message.tick) : '-') },
    { heading: 'why', text: letter => reasonOf(letter, cursors) },
  ];
  return table(columns, letters);
}

/** The account's last error; if it has none, it was delivered since. */
function reasonOf({ message, body }: DeadLetter, cursors: ReadonlyMap<string, Cursor>): string {
  if (message === undefined) return displayName(body);
  const cursor = cursors.get(message.accountId);
  if (cursor?.lastError !== undefined) return `${cursor.lastError.code}: ${cursor.lastError.message}`;
  if (cursor !== undefined && cursor.exportedThrough >= message.tick) return 'delivered since';
  return 'the ledger has no error: see the exporter’s log';
}

function letterJson(letter: DeadLetter, cursors: ReadonlyMap<string, Cursor>) {
  const { message, sentAt } = letter;
  return {
    accountId: message?.accountId,
    tick: message && toIso(message.tick),
    sentAt: toIso(sentAt),
    why: reasonOf(letter, cursors),
  };
}
