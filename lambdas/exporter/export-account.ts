import { type Account, parseAccount, parseSchedule } from '../domain/account.ts';
import { type Cursor, leasedToAnother, type StopReason } from '../domain/cursor.ts';
import { type ExportMessage, longestDelay } from '../domain/export-message.ts';
import { ExportError, toExportError } from '../domain/failure.ts';
import { type Instant, toIso } from '../domain/instant.ts';
import { firstPosition, nextStep } from '../domain/plan.ts';
import { type Admitted, admit } from './admit.ts';
import { deliverPart } from './deliver-part.ts';
import type { ExportSettings } from './export-settings.ts';
import type { Deadline, ExporterPorts, Standing } from './ports.ts';
import { recount } from './recount.ts';
import { reportFailure } from './report-failure.ts';

/**
 * How the work on a message ended:
 *
 * - `done`: everything that is due is delivered.
 * - `continued`, `early`, `superseded`: a message for the rest was sent to the queue.
 * - `stopped`, `gone`: the account is paused or expired, or has no record.
 * - `failed`: a person must act.
 * - `suspended`: the message must wait, because the destination is probably silent.
 * - `Leased`: the message must wait, because another exporter is working on the account.
 */
export type ExportOutcome =
  | 'done'
  | 'continued'
  | 'early'
  | 'superseded'
  | 'stopped'
  | 'gone'
  | 'failed'
  | 'suspended'
  | Leased;

export interface Leased {
  readonly leasedUntil: Instant;
}

/** The work on one message. */
export interface ExportRun {
  /** The queue's id of the message. */
  readonly messageId: string;
  /** How often the message was received, including this time. */
  readonly received: number;
  readonly ports: ExporterPorts;
  readonly settings: ExportSettings;
  readonly deadline: Deadline;
}

const furthestTick = 24 * 3_600_000;
const mostConflicts = 5;
const conflictDelay = 60;

/**
 * Delivers every window that an account is owed up to the message's tick, oldest first. Each file is committed before
 * the next begins. Then it counts old windows again, if the stage is configured for that.
 *
 * @throws ExportError with a retryable code. Failures that need a person are recorded and reported, but not thrown
 */
export async function exportAccount(
  message: ExportMessage,
  { messageId, received, ports, settings, deadline }: ExportRun,
): Promise<ExportOutcome> {
  const ahead = message.tick - ports.clock.now();
  if (ahead > furthestTick)
    throw new ExportError(
      'message_invalid',
      `The message's tick ${toIso(message.tick)} is more than a day ahead`,
    );
  const wait = ahead + settings.settle;
  if (wait > 0) return requeue('early', Math.min(Math.ceil(wait / 1000), longestDelay));

  let token = ports.clock.token();
  for (let conflicts = 0; conflicts <= mostConflicts; conflicts++) {
    const outcome = await exportFromRecord();
    if (outcome === 'continued') return requeue(outcome, 0);
    if (outcome !== 'superseded') return outcome;
  }
  return requeue('superseded', conflictDelay);

  /** Reads the record and the cursor again, and continues from there. */
  async function exportFromRecord(): Promise<ExportOutcome> {
    const { accountId, tick } = message;
    const standing = await ports.accounts.read(accountId);
    const { record } = standing;
    if (record === undefined) {
      ports.telemetry.note({ accountId }, 'The account record is gone; nothing is exported');
      return 'gone';
    }
    const account = checkAccount(record);
    const schedule = account instanceof ExportError ? parseSchedule(record) : account;
    // The cursor is created even for an invalid record: which windows are owed must not depend on when it is fixed.
    const cursor =
      standing.cursor ??
      (schedule && (await ports.ledger.createCursor(accountId, firstPosition(schedule, tick))));

    if (account instanceof ExportError) {
      await reportFailure(accountId, account, cursor && { cursor }, ports);
      return 'failed';
    }
    if (!cursor) throw new ExportError('internal', 'A valid account record has no schedule');
    return deliverWindows(account, cursor, standing);
  }

  async function deliverWindows(
    account: Account,
    from: Cursor,
    { silences }: Standing,
  ): Promise<ExportOutcome> {
    let cursor = from;
    let admitted: Admitted | undefined;
    for (let parts = 0; ; parts++) {
      const step = nextStep(account, cursor, { tick: message.tick, now: ports.clock.now() }, settings.limits);
      if (step.kind !== 'deliver') {
        if (step.kind === 'stopped') await announceStop(account, cursor, step.reason);
        return (await isRecounted(account, cursor, parts > 0)) ? step.kind : 'continued';
      }
      if (parts > 0 && !deadline.allowsAnotherPart()) return 'continued';
      const leasedUntil = leasedToAnother(cursor, messageId, ports.clock.now());
      if (leasedUntil !== undefined) return { leasedUntil };

      const { intent } = step;
      if (!admitted) {
        const admission = await admit(account, cursor, silences, received, ports);
        if (admission instanceof ExportError) {
          // This attempt may be in the cursor although the answer to `begin` was lost. It has written nothing.
          const attempt = cursor.attempts.find(other => other.token === token);
          const ended = attempt && { ended: { attempt, became: 'refused' as const } };
          const at = { cursor, window: intent.window, ...ended };
          await reportFailure(account.accountId, admission, at, ports);
          return 'suspended';
        }
        admitted = admission;
      }
      const leasesFirst = intent.window.end < message.tick || intent.part > 1;
      const part = {
        account,
        cursor,
        intent,
        token,
        messageId,
        leasesFirst,
        admitted,
        ports,
        settings,
        deadline,
      };
      const delivered = await deliverPart(part);
      if (delivered === 'not-begun') return 'superseded';
      token = ports.clock.token();
      if (delivered === 'failed' || delivered === 'superseded') return delivered;
      cursor = delivered;
    }
  }

  async function announceStop({ accountId }: Account, cursor: Cursor, reason: StopReason): Promise<void> {
    if (cursor.stopped === reason) return;
    ports.telemetry.stopped(accountId, reason);
    await ports.events.stopped(accountId, reason, cursor.exportedThrough);
    await ports.ledger.recordStop(accountId, cursor, reason);
  }

  /** Also for paused and expired accounts: their earlier windows are counted again. Returns false if some are left. */
  async function isRecounted(
    { accountId }: Account,
    cursor: Cursor,
    hasDelivered: boolean,
  ): Promise<boolean> {
    const { recountAfter } = settings;
    if (recountAfter === undefined) return true;
    return recount({ accountId, cursor, tick: message.tick, recountAfter, hasDelivered, ports, deadline });
  }

  async function requeue(outcome: ExportOutcome, delaySeconds: number): Promise<ExportOutcome> {
    await ports.queue.send(message, delaySeconds);
    return outcome;
  }
}

function checkAccount(record: unknown): Account | ExportError {
  try {
    return parseAccount(record);
  } catch (thrown) {
    return toExportError(thrown);
  }
}
