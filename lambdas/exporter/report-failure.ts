import type { Cursor } from '../domain/cursor.ts';
import type { ExportError } from '../domain/failure.ts';
import type { Window } from '../domain/window.ts';
import type { EndedAttempt, ExporterPorts, FailedFile } from './ports.ts';

/** The state of an export when it failed. */
export interface FailedAt {
  readonly cursor: Cursor;
  readonly window?: Window;
  /** The attempt that ended with the failure, if one had begun. */
  readonly ended?: EndedAttempt;
}

/**
 * Reports a failure in log, metric, ledger and event. If writing ledger or event fails, a retryable failure is still
 * thrown by the caller, so the second error is only logged. A failure that needs a person must reach the ledger, so the
 * second error is thrown.
 */
export async function reportFailure(
  accountId: string,
  failure: ExportError,
  at: FailedAt | undefined,
  { ledger, events, telemetry, clock }: Pick<ExporterPorts, 'ledger' | 'events' | 'telemetry' | 'clock'>,
): Promise<void> {
  telemetry.failed(accountId, failure, at && failedFile(at));
  try {
    if (at) {
      const { code, message } = failure;
      await ledger.recordFailure(accountId, at.cursor, { code, message, at: clock.now() }, at.ended);
    }
    await events.failed(accountId, failure, at?.window);
  } catch (secondary) {
    if (!failure.retryable) throw secondary;
    telemetry.note({ accountId }, 'The failure could not be recorded', secondary);
  }
}

function failedFile({ cursor: { intent, attempts }, window }: FailedAt): FailedFile {
  return { window, part: intent?.part, attempt: attempts.length, cloud: intent?.recipe.place.type };
}
