import type { Cursor } from '../domain/cursor.ts';
import type { Instant } from '../domain/instant.ts';
import type { AuditLog, Deadline, ExportEvents, ExportTelemetry, Ledger } from './ports.ts';

export interface Recount {
  readonly accountId: string;
  readonly cursor: Cursor;
  readonly tick: Instant;
  /** How long after its end a window is counted again, in milliseconds. */
  readonly recountAfter: number;
  /** True if this invocation has delivered a file. */
  readonly hasDelivered: boolean;
  readonly ports: {
    readonly ledger: Pick<Ledger, 'deliveredWindows' | 'noteRecounted'>;
    readonly auditLog: Pick<AuditLog, 'count'>;
    readonly events: Pick<ExportEvents, 'recordedLate'>;
    readonly telemetry: Pick<ExportTelemetry, 'recordedLate' | 'note'>;
  };
  readonly deadline: Pick<Deadline, 'allowsAnotherPart' | 'signal'>;
}

/**
 * How far back an account's first recount goes: only to the latest window that is old enough, not through years of
 * history. If daylight saving time leaves no window in this span, the recount after the next boundary finds one.
 */
const usualWindow = 4 * 3_600_000;
/** How far back a later recount goes at most, so that it skips years that were delivered while the setting was off. */
const furthest = 30 * 24 * 3_600_000;

/**
 * Counts delivered windows again, oldest first, and reports windows with more rows than their
 * files: the additional rows were recorded after the window was read. Windows with fewer rows are
 * ignored: those rows were deleted after delivery.
 *
 * A window is skipped if it was read so late that a recount cannot find more rows.
 *
 * @returns false if this invocation has no time for the remaining windows. Never rejects: a failed recount must not
 *   make the delivery fail
 */
export async function recount({
  accountId,
  cursor: { exportedThrough, recountedThrough },
  tick,
  recountAfter,
  hasDelivered,
  ports: { ledger, auditLog, events, telemetry },
  deadline,
}: Recount): Promise<boolean> {
  const upTo = Math.min(tick - recountAfter, exportedThrough);
  const after =
    recountedThrough === undefined ? upTo - usualWindow : Math.max(recountedThrough, upTo - furthest);
  if (after >= upTo) return true;
  // At least one window is counted. Otherwise the account could be put back into the queue forever without progress.
  let mayEnd = hasDelivered;
  try {
    for await (const { window, records, readAt } of ledger.deliveredWindows(accountId, after, upTo)) {
      if (mayEnd && !deadline.allowsAnotherPart()) return false;
      mayEnd = true;
      if (readAt < window.end + recountAfter) {
        const late = (await auditLog.count(accountId, window, deadline.signal)) - records;
        if (late > 0) {
          telemetry.recordedLate(accountId, window, late);
          await events.recordedLate(accountId, window, late);
        }
      }
      // After the event: a crash in between repeats the event. The other way round it would be lost.
      await ledger.noteRecounted(accountId, window.end);
    }
  } catch (thrown) {
    telemetry.note(
      { accountId },
      'Delivered windows could not be counted again; the next boundary tries it',
      thrown,
    );
  }
  return true;
}
