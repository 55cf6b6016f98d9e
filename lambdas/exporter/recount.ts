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
 * The first recount of an account looks this far back: at the latest window that is old enough, and not at years of
 * history. Where daylight saving leaves none in it, the next boundary's does.
 */
const usualWindow = 4 * 3_600_000;
/** And a later one no further than this: at years that were delivered while the setting was off, nobody wants to look. */
const furthest = 30 * 24 * 3_600_000;

/**
 * Counts delivered windows again, oldest first, and tells of those that have more rows than their files: these were
 * recorded after the window was read. Fewer rows were deleted since, which is nobody's loss here.
 *
 * A window that was read so late that its files hold all that a recount could find is passed over.
 *
 * @returns false if windows are left that this invocation has no time for; never rejects, since what is delivered is
 *   delivered whether it can be counted or not
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
  // One window at least: an invocation that only queues itself again would do so for ever.
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
      // Behind the telling: whoever crashes here tells it once more rather than never.
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
