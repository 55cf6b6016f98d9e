import type { Cursor } from '../domain/cursor.ts';
import { ExportError, toExportError } from '../domain/failure.ts';
import { isProbeDue, type Silences, suspensionOf, targetOf } from '../domain/silence.ts';
import { deliverPart } from './deliver-part.ts';
import type { PartDelivery } from './part-delivery.ts';
import { reportFailure } from './report-failure.ts';

/**
 * Delivers a part, unless the destination is suspended: a cloud that takes connections and stays silent would hold one
 * exporter for each of its accounts, and all other accounts would wait. What is suspended is probed by one exporter of
 * the whole fleet at a time.
 *
 * @param seen what the fleet knew when the account was read
 * @throws ExportError `no_answer`, reported, without a try if the destination is suspended; whatever `deliverPart` throws
 */
export async function deliverUnlessSuspended(
  delivery: PartDelivery,
  seen: Silences,
): Promise<Cursor | 'not-begun' | 'superseded' | 'failed'> {
  const { account, cursor, intent, ports } = delivery;
  const { silences, clock, telemetry } = ports;
  const { accountId, destination } = account;
  const target = targetOf(destination);
  const { bucket, region } = target;
  const now = clock.now();
  const suspension = suspensionOf(seen, target, silences.lastAnswer, now);
  if (suspension && !(isProbeDue(suspension, now) && (await silences.mayProbe(suspension, now)))) {
    const silent = suspension.bucket === bucket ? bucket : `several buckets of ${region}`;
    const suspended = new ExportError(
      'no_answer',
      `There was no answer from ${silent} a moment ago; this account is tried again later`,
    );
    // One that was noted, but of which this exporter did not learn: it has written nothing.
    const attempt = cursor.attempts.find(({ token }) => token === delivery.token);
    const at = { cursor, window: intent.window, ...(attempt && { ended: { attempt, wroteNothing: true } }) };
    await reportFailure(accountId, suspended, at, ports);
    throw suspended;
  }
  try {
    const delivered = await deliverPart(delivery);
    if (typeof delivered === 'object') await remember(() => silences.noteAnswer(target, clock.now(), seen));
    return delivered;
  } catch (thrown) {
    if (toExportError(thrown).code === 'no_answer')
      await remember(() => silences.note(target, clock.now(), seen));
    throw thrown;
  }

  /** What the fleet knows saves time; no export fails for want of it. */
  async function remember(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (thrown) {
      telemetry.note({ accountId }, `What is known of ${region} could not be written down`, thrown);
    }
  }
}
