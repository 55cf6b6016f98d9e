import type { Command } from 'commander';
import { createCursorReader, type FoundCursor } from '../../lambdas/aws/cursor-reader.ts';
import { createDispatchState } from '../../lambdas/aws/dispatch-state.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import { type Instant, toIso } from '../../lambdas/domain/instant.ts';
import type { Run } from '../run.ts';
import type { CommandContext } from '../stage/context.ts';
import { createDeadLetters, type DeadLetter, type DeadLetters } from '../stage/queue/dead-letters.ts';
import { createHeldMessages, type HeldMessages } from '../stage/queue/held-messages.ts';
import { isCovered, type LostTick, readLostTick } from '../stage/queue/lost-ticks.ts';
import type { Target } from '../stage/target/target.ts';
import { workThrough } from '../stage/work.ts';
import { confirm } from '../terminal/ask.ts';
import { displayName } from '../terminal/display.ts';
import type { Report } from '../terminal/report.ts';
import { type Column, table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { count, counted, utcTime } from '../terminal/wording.ts';

interface RetryOptions {
  readonly yes?: boolean;
  readonly discardForeign?: boolean;
}

export function registerRetry(program: Command, run: Run): void {
  program
    .command('retry')
    .description('show failed exports and lost ticks in the dead-letter queues, then queue the exports again')
    .option('--yes', 'do not ask')
    .option('--discard-foreign', 'delete messages that SIEM export did not send; they can never be processed')
    .addHelpText(
      'after',
      `
Without --yes, and without a terminal to ask on, it only shows the messages. No data is lost in either case: the account's
next boundary delivers its windows as well. A lost tick needs no retry, because the next tick covers it: it is removed
together with the exports once that has happened. Exit code 1 if messages remain.`,
    )
    .action(run(retry));
}

async function retry(context: CommandContext, { yes, discardForeign }: RetryOptions): Promise<Report> {
  const target = await context.target();
  const { sqs, outputs } = target;
  const queue = createDeadLetters({
    client: sqs,
    queueUrl: outputs.ExportDeadLetterQueueUrl,
    exportQueueUrl: outputs.ExportQueueUrl,
  });
  const triggers = createHeldMessages(sqs, outputs.TriggerDeadLetterQueueUrl);
  try {
    return await workOff(context, target, { queue, triggers, yes, discardForeign });
  } finally {
    // Always release them: messages that are held are invisible to other commands and to alarms.
    await queue.letGo();
    await triggers.letGo();
  }
}

interface Work extends RetryOptions {
  readonly queue: DeadLetters;
  readonly triggers: HeldMessages;
}

async function workOff(
  { terminal, json }: CommandContext,
  target: Target,
  { queue, triggers, yes, discardForeign = false }: Work,
): Promise<Report> {
  const { dynamodb, outputs } = target;
  const [letters, heldTicks] = await Promise.all([queue.receiveAll(), triggers.receiveAll()]);
  const elsewhere = (await queue.heldByOthers()) + (await triggers.heldByOthers());
  const ticks = heldTicks.map(readLostTick);
  const ours = letters.filter(({ message }) => message !== undefined);
  const foreign = letters.filter(({ message }) => message === undefined);
  const reader = createCursorReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  const ids = [...new Set(ours.flatMap(({ message }) => message?.accountId ?? []))];
  const cursors = await reader.cursors(ids);
  const lastTick = await lastTickOf(target);
  const covered = ticks.filter(tick => isCovered(tick, lastTick));
  if (!json)
    for (const line of describe(letters, cursors, ticks, lastTick, elsewhere, terminal)) terminal.say(line);

  const question = questionFor(ours.length, covered.length, discardForeign ? foreign.length : 0);
  const agreed =
    !yes && question !== undefined && terminal.interactive && !json
      ? await confirm(terminal, question)
      : yes === true;
  if (agreed) {
    await workThrough(ours, {
      atOnce: 1,
      terminal,
      what: 'exports are queued again',
      again: 'run the same command again to continue',
      each: letter => queue.moveBack(letter),
    });
    if (discardForeign) for (const letter of foreign) await queue.discard(letter);
    for (const { held } of covered) await triggers.remove(held);
  }
  const moved = agreed ? ours.length : 0;
  const discarded = agreed && discardForeign ? foreign.length : 0;
  const removed = agreed ? covered.length : 0;
  const left = letters.length + ticks.length - moved - discarded - removed;
  return {
    problem: left + elsewhere > 0,
    json: {
      messages: letters.map(letter => letterJson(letter, cursors)),
      ticks: ticks.map(({ of, due, why }) => ({ of, due: toIso(due), why })),
      heldElsewhere: elsewhere,
      moved,
      discarded,
      removed,
    },
    lines: ({ paint }) => [
      ...(moved > 0 ? [`${paint('green', '✓')} ${counted(moved, 'export')} queued again.`] : []),
      ...(discarded > 0 ? [`${counted(discarded, 'message')} discarded.`] : []),
      ...(removed > 0
        ? [
            `${counted(removed, 'lost tick')} removed, because a later tick covered ${removed === 1 ? 'it' : 'them'}.`,
          ]
        : []),
      ...(left > 0
        ? [
            `${counted(left, 'message')} left.${hintFor({
              agreed,
              exports: ours.length - moved,
              covered: covered.length - removed,
              foreign: foreign.length - discarded,
            })}`,
          ]
        : []),
      ...(elsewhere > 0 && letters.length + ticks.length > 0
        ? [`${count(elsewhere)} more ${elsewhere === 1 ? 'is' : 'are'} held by another retry, ${lookAgain}`]
        : []),
    ],
  };
}

const lookAgain = 'or by one that has just ended: try again in 5 minutes.';

async function lastTickOf({ dynamodb, outputs }: Target): Promise<Instant | undefined> {
  return createDispatchState({ client: dynamodb, tableName: outputs.DispatchStateTableName }).completedTick();
}

/** The question to ask; `undefined` if there is nothing to do. */
function questionFor(exports: number, ticks: number, foreign: number): string | undefined {
  const queue = exports > 0 ? [`queue ${counted(exports, 'export')} again`] : [];
  const remove = ticks > 0 ? [`remove ${counted(ticks, 'lost tick')} that a later tick covered`] : [];
  const discard = foreign > 0 ? [`delete ${counted(foreign, 'foreign message')}`] : [];
  const question = [...queue, ...remove, ...discard].join(', ');
  return question === '' ? undefined : `${question.charAt(0).toUpperCase()}${question.slice(1)}?`;
}

interface Left {
  readonly agreed: boolean;
  readonly exports: number;
  /** Lost ticks that a later tick has covered. */
  readonly covered: number;
  /** Messages that SIEM export did not send. */
  readonly foreign: number;
}

/** How to treat the messages that remain. */
function hintFor({ agreed, exports, covered, foreign }: Left): string {
  if (!agreed && exports > 0) return ' --yes queues exports again.';
  if (!agreed && covered > 0) return ' --yes removes lost ticks that a later tick covered.';
  if (foreign > 0) return ` ${agreed ? '' : '--yes '}--discard-foreign deletes foreign messages.`;
  return ' A lost tick can be removed once a later tick has covered it.';
}

function describe(
  letters: readonly DeadLetter[],
  cursors: ReadonlyMap<string, FoundCursor>,
  ticks: readonly LostTick[],
  lastTick: Instant | undefined,
  elsewhere: number,
  terminal: Terminal,
): string[] {
  if (letters.length + ticks.length === 0)
    return [
      elsewhere > 0
        ? `${counted(elsewhere, 'message')} held by another retry, ${lookAgain}`
        : 'The dead-letter queues are empty.',
    ];
  const exports: readonly Column<DeadLetter>[] = [
    {
      heading: 'account',
      text: ({ message }) => (message ? displayName(message.accountId) : 'foreign message'),
    },
    { heading: 'tick', text: ({ message }) => (message ? utcTime(message.tick) : '-') },
    { heading: 'why', text: letter => reasonOf(letter, cursors) },
  ];
  const lost: readonly Column<LostTick>[] = [
    { heading: 'lost tick', text: ({ due }) => utcTime(due) },
    { heading: 'of', text: tick => tick.of },
    { heading: 'covered', text: tick => (isCovered(tick, lastTick) ? 'yes' : 'not yet') },
    { heading: 'why', text: ({ why }) => displayName(why, 200) },
  ];
  return [
    ...(letters.length > 0 ? table(exports, letters, terminal) : []),
    ...(ticks.length > 0 ? table(lost, ticks, terminal) : []),
  ];
}

/** The account’s last error. If it has none, a later attempt has delivered its windows. */
function reasonOf({ message, held }: DeadLetter, cursors: ReadonlyMap<string, FoundCursor>): string {
  if (message === undefined) return displayName(held.body);
  const cursor = cursors.get(message.accountId);
  if (cursor instanceof ExportError) return `${cursor.code}: ${cursor.message}`;
  if (cursor?.lastError !== undefined) return `${cursor.lastError.code}: ${cursor.lastError.message}`;
  if (cursor !== undefined && cursor.exportedThrough >= message.tick) return 'delivered since';
  return 'the ledger has no error: see the exporter’s log';
}

function letterJson(letter: DeadLetter, cursors: ReadonlyMap<string, FoundCursor>) {
  const { message, held } = letter;
  return {
    accountId: message?.accountId ?? null,
    tick: message ? toIso(message.tick) : null,
    sentAt: toIso(held.sentAt),
    why: reasonOf(letter, cursors),
  };
}
