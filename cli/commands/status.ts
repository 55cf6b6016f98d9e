import { setTimeout as pause } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import stringWidth from 'string-width';
import { createDispatchState } from '../../lambdas/aws/dispatch-state.ts';
import { type FailureCode, failureCodes } from '../../lambdas/domain/failure.ts';
import { type Instant, toIso } from '../../lambdas/domain/instant.ts';
import type { Run } from '../run.ts';
import { surveyFleet } from '../stage/account/fleet.ts';
import { standingJson, stateStyles } from '../stage/account/shown-standing.ts';
import { type Standing, type State, states, troubled } from '../stage/account/standing.ts';
import type { CommandContext } from '../stage/context.ts';
import { type QueueDepth, readDepth } from '../stage/queue/depth.ts';
import type { Target } from '../stage/target/target.ts';
import { toCommandError } from '../stage/unreachable.ts';
import { errorJson } from '../terminal/command-error.ts';
import { displayName } from '../terminal/display.ts';
import type { Report } from '../terminal/report.ts';
import { cut, fields } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { count, counted, span, utcTime } from '../terminal/wording.ts';

const codes = Object.keys(failureCodes) as FailureCode[];
const defaultInterval = 10;
const troubledShown = 20;
/** Lines that `status` prints besides the accounts in trouble, including the prompt after it. */
const linesBeside = 11;
const tickInterval = 15 * 60_000;

export function registerStatus(program: Command, run: Run): void {
  program
    .command('status')
    .description('show all accounts on one screen: states, failures by code, queues, lag')
    .option('--watch [seconds]', `repeat every so many seconds (${defaultInterval})`, parseInterval)
    .addHelpText(
      'after',
      `
Exit code 1 if an account is invalid, failing or behind, if a dead-letter queue has messages, or if ticks are missing. With
--watch, --json prints one document on one line each time.`,
    )
    .action(run(showStatus));
}

function parseInterval(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of seconds.');
}

async function showStatus(
  context: CommandContext,
  { watch }: { readonly watch?: number | true },
): Promise<Report> {
  const target = await context.target();
  if (watch === undefined) return reportOn(target, await look(target));
  return watchFleet(context, target, (watch === true ? defaultInterval : watch) * 1000);
}

/** Repeats until Ctrl-C ends the program or the reader of its output is gone. */
async function watchFleet(
  { terminal, json }: CommandContext,
  target: Target,
  interval: number,
): Promise<Report> {
  const { closed: signal } = terminal;
  for (;;) {
    const report = await lookAgain(target);
    if (json) terminal.print(JSON.stringify(report.json));
    else {
      const clear = terminal.output.isTTY === true ? '\u001b[2J\u001b[H' : '';
      terminal.say(clear + report.lines(terminal).join('\n'));
    }
    // Aborting the signal ends the pause early; the rejection is expected.
    await pause(interval, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return report;
  }
}

/** After a throttled request or a lost connection, the watch shows the error and continues. */
async function lookAgain(target: Target): Promise<Report> {
  try {
    return reportOn(target, await look(target));
  } catch (thrown) {
    const error = toCommandError(thrown);
    if (error.code !== 'unreachable') throw thrown;
    return { json: errorJson(error), lines: ({ paint }) => [paint('red', error.message)] };
  }
}

interface Fleet {
  readonly now: Instant;
  readonly standings: readonly Standing[];
  readonly queue: QueueDepth;
  /** Messages in the dead-letter queue of exports. */
  readonly deadLetters: number;
  /** Ticks of the dispatcher and runs of the watchdog that failed after all retries. */
  readonly lostTicks: number;
  readonly lastTick: Instant | undefined;
}

async function look(target: Target): Promise<Fleet> {
  const { dynamodb, sqs, outputs } = target;
  const now = await target.now();
  const state = createDispatchState({ client: dynamodb, tableName: outputs.DispatchStateTableName });
  const [standings, queue, dead, lost, lastTick] = await Promise.all([
    surveyFleet(target, now),
    readDepth(sqs, outputs.ExportQueueUrl),
    readDepth(sqs, outputs.ExportDeadLetterQueueUrl),
    readDepth(sqs, outputs.TriggerDeadLetterQueueUrl),
    state.completedTick(),
  ]);
  // Messages that a running "retry" holds count, too.
  const [deadLetters, lostTicks] = [dead.waiting + dead.inFlight, lost.waiting + lost.inFlight];
  return { now, standings, queue, deadLetters, lostTicks, lastTick };
}

function reportOn({ title, command }: Target, fleet: Fleet): Report {
  const { now, standings, queue, deadLetters, lostTicks, lastTick } = fleet;
  const byState = countBy(standings, ({ state }) => state);
  const byCode = countBy(
    standings.filter(({ state }) => state === 'failing'),
    ({ cursor }) => cursor?.lastError?.code ?? 'internal',
  );
  const ticksMissing = lastTick === undefined || now - lastTick > 2 * tickInterval;
  const inTrouble = standings.filter(({ state }) => troubled.has(state));
  const active = standings.filter(({ account }) => account?.status === 'active').length;
  const behind = standings.filter(({ late }) => late).length;
  const lag = Math.max(0, ...standings.map(standing => lagOf(standing, now)));
  return {
    problem: inTrouble.length > 0 || deadLetters + lostTicks > 0 || ticksMissing,
    json: {
      at: toIso(now),
      accounts: standings.length,
      active,
      behind,
      states: Object.fromEntries(states.map(state => [state, byState.get(state) ?? 0])),
      failuresByCode: Object.fromEntries(codes.map(code => [code, byCode.get(code) ?? 0])),
      largestLagSeconds: lag / 1000,
      queue: { ...queue },
      deadLetters,
      lostTicks,
      lastTick: lastTick === undefined ? null : toIso(lastTick),
      inTrouble: inTrouble.map(standingJson),
    },
    lines: terminal => [
      `${terminal.paint('bold', title)} at ${utcTime(now)}`,
      ...fields(
        [
          ['accounts', `${count(standings.length)}, ${count(active)} active`],
          ['states', describeStates(byState, terminal)],
          ['behind', behind === 0 ? 'none' : terminal.paint('yellow', count(behind))],
          ['failing', byCode.size === 0 ? 'none' : terminal.paint('red', describeCodes(byCode))],
          ['largest lag', span(lag)],
          [
            'queue',
            `${count(queue.waiting)} waiting, ${count(queue.inFlight)} in flight, ${count(queue.delayed)} settling`,
          ],
          ['dead letters', describeDeadLetters(fleet, command, terminal)],
          ['last tick', describeTick(lastTick, now, ticksMissing, terminal)],
        ],
        terminal,
      ),
      ...describeTroubled(inTrouble, command, terminal),
    ],
  };
}

/** Shows only as many accounts as fit on the screen with the rest. */
function describeTroubled(inTrouble: readonly Standing[], command: string, terminal: Terminal): string[] {
  if (inTrouble.length === 0) return [];
  const rows = terminal.output.rows || Number.POSITIVE_INFINITY;
  const shown = Math.max(Math.min(troubledShown, rows - linesBeside), 1);
  const more = inTrouble.length - shown;
  return [
    ...inTrouble.slice(0, shown).map(standing => describeTrouble(standing, terminal)),
    more > 0
      ? `and ${counted(more, 'account')} more: ${command} account list --state ${[...troubled].join(' ')}`
      : `What to do: ${command} account show <account>`,
  ];
}

/** The time since the end of the oldest window that should have been delivered. */
function lagOf({ state, nextWindow }: Standing, now: Instant): number {
  const counts = state === 'behind' || state === 'failing' || state === 'ok';
  return counts && nextWindow !== undefined ? now - nextWindow.end : 0;
}

function countBy<Key extends string>(
  standings: readonly Standing[],
  keyOf: (standing: Standing) => Key,
): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const standing of standings) counts.set(keyOf(standing), (counts.get(keyOf(standing)) ?? 0) + 1);
  return counts;
}

function describeStates(byState: ReadonlyMap<State, number>, { paint }: Terminal): string {
  const present = states.toReversed().filter(state => byState.has(state));
  return (
    present
      .map(state => paint(stateStyles[state], `${count(byState.get(state) ?? 0)} ${state}`))
      .join(', ') || 'none'
  );
}

function describeCodes(byCode: ReadonlyMap<FailureCode, number>): string {
  return [...byCode].map(([code, failing]) => `${count(failing)} ${code}`).join(', ');
}

function describeDeadLetters(
  { deadLetters, lostTicks }: Fleet,
  command: string,
  { paint }: Terminal,
): string {
  if (deadLetters + lostTicks === 0) return 'none';
  const exports = deadLetters > 0 ? [counted(deadLetters, 'export')] : [];
  const ticks = lostTicks > 0 ? [counted(lostTicks, 'lost tick')] : [];
  return paint('red', `${[...exports, ...ticks].join(', ')} (${command} retry)`);
}

function describeTick(
  lastTick: Instant | undefined,
  now: Instant,
  missing: boolean,
  { paint }: Terminal,
): string {
  if (lastTick === undefined) return paint('red', 'none yet');
  const text = `${utcTime(lastTick)}, ${span(now - lastTick)} ago`;
  return missing ? paint('red', text) : text;
}

/** Cut to one line of the terminal; `account show` has the rest. */
function describeTrouble(
  { accountId, state, faults, cursor, nextWindow }: Standing,
  { paint, columns }: Terminal,
): string {
  const why =
    state === 'invalid'
      ? faults.join('; ')
      : state === 'failing'
        ? `${cursor?.lastError?.code}: ${cursor?.lastError?.message}`
        : `owed since ${nextWindow ? utcTime(nextWindow.end) : 'unknown'}`;
  const name = `✗ ${displayName(accountId)}`;
  return paint(stateStyles[state], name) + cut(`  ${state}: ${why}`, columns - stringWidth(name));
}
