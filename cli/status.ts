import { setTimeout as pause } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { createDispatchState } from '../lambdas/aws/dispatch-state.ts';
import type { FailureCode } from '../lambdas/domain/failure.ts';
import { type Instant, toIso } from '../lambdas/domain/instant.ts';
import { displayName } from '../local/display.ts';
import { surveyFleet } from './account/fleet.ts';
import { standingJson, stateStyles } from './account/list.ts';
import { type Standing, type State, states, troubled } from './account/standing.ts';
import type { CommandContext } from './context.ts';
import { type QueueDepth, readDepth } from './queue/depth.ts';
import type { Report } from './report.ts';
import type { Run } from './run.ts';
import { fields } from './table.ts';
import type { Target } from './target/target.ts';
import type { Terminal } from './terminal.ts';
import { count, counted, span, utcTime } from './wording.ts';

const defaultInterval = 10;
const troubledShown = 20;
const tickInterval = 15 * 60_000;

export function registerStatus(program: Command, run: Run): void {
  program
    .command('status')
    .description('the whole fleet on one screen: how accounts stand, failures by code, queues, lag')
    .option('--watch [seconds]', `look again every so many seconds (${defaultInterval})`, parseInterval)
    .addHelpText(
      'after',
      '\nExit code 1 if an account is in trouble, exports were put aside, or ticks are missing.',
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
  if (watch !== undefined)
    await watchFleet(context, target, (watch === true ? defaultInterval : watch) * 1000);
  return reportOn(target, await look(target));
}

/** Looks again and again, until Ctrl-C ends the program. */
async function watchFleet(
  { terminal, json }: CommandContext,
  target: Target,
  interval: number,
): Promise<never> {
  for (;;) {
    const report = reportOn(target, await look(target));
    const text = json ? JSON.stringify(report.json) : report.lines(terminal).join('\n');
    terminal.say(terminal.output.isTTY === true && !json ? `\u001b[2J\u001b[H${text}` : text);
    await pause(interval);
  }
}

interface Fleet {
  readonly now: Instant;
  readonly standings: readonly Standing[];
  readonly queue: QueueDepth;
  readonly deadLetters: number;
  readonly lastTick: Instant | undefined;
}

async function look(target: Target): Promise<Fleet> {
  const { dynamodb, sqs, outputs } = target;
  const now = await target.now();
  const state = createDispatchState({ client: dynamodb, tableName: outputs.DispatchStateTableName });
  const [standings, queue, dead, lastTick] = await Promise.all([
    surveyFleet(target, now),
    readDepth(sqs, outputs.ExportQueueUrl),
    readDepth(sqs, outputs.ExportDeadLetterQueueUrl),
    state.completedTick(),
  ]);
  return { now, standings, queue, deadLetters: dead.waiting + dead.inFlight, lastTick };
}

function reportOn({ title }: Target, fleet: Fleet): Report {
  const { now, standings, queue, deadLetters, lastTick } = fleet;
  const byState = countBy(standings, ({ state }) => state);
  const byCode = countBy(
    standings.filter(({ state }) => state === 'failing'),
    ({ cursor }) => cursor?.lastError?.code ?? 'internal',
  );
  const ticksMissing = lastTick === undefined || now - lastTick > 2 * tickInterval;
  const inTrouble = standings.filter(({ state }) => troubled.has(state));
  const lag = Math.max(0, ...standings.map(standing => lagOf(standing, now)));
  return {
    problem: inTrouble.length > 0 || deadLetters > 0 || ticksMissing,
    json: {
      at: toIso(now),
      accounts: standings.length,
      states: Object.fromEntries(byState),
      failuresByCode: Object.fromEntries(byCode),
      largestLagSeconds: lag / 1000,
      queue,
      deadLetters,
      lastTick: lastTick && toIso(lastTick),
      inTrouble: inTrouble.map(standingJson),
    },
    lines: terminal => [
      `${terminal.paint('bold', title)} at ${utcTime(now)}`,
      ...fields([
        ['accounts', `${count(standings.length)}: ${describeStates(byState, terminal)}`],
        ['failing', byCode.size === 0 ? 'none' : describeCodes(byCode)],
        ['largest lag', span(lag)],
        [
          'queue',
          `${count(queue.waiting)} waiting, ${count(queue.inFlight)} in flight, ${count(queue.delayed)} settling`,
        ],
        [
          'put aside',
          deadLetters === 0 ? 'none' : terminal.paint('red', `${count(deadLetters)} (siem-export retry)`),
        ],
        ['last tick', describeTick(lastTick, now, ticksMissing, terminal)],
      ]),
      ...inTrouble.slice(0, troubledShown).map(standing => describeTrouble(standing, terminal)),
      ...(inTrouble.length > troubledShown
        ? [`and ${counted(inTrouble.length - troubledShown, 'account')} more: siem-export account list`]
        : []),
    ],
  };
}

/** How long ago the oldest window ended that should have been delivered. */
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

function describeTrouble(
  { accountId, state, faults, cursor, nextWindow }: Standing,
  { paint }: Terminal,
): string {
  const why =
    state === 'invalid'
      ? faults
      : state === 'failing'
        ? `${cursor?.lastError?.code}: ${cursor?.lastError?.message}`
        : `owed since ${nextWindow ? utcTime(nextWindow.end) : 'unknown'}`;
  return `${paint(stateStyles[state], `✗ ${displayName(accountId)}`)}  ${state}: ${why}`;
}
