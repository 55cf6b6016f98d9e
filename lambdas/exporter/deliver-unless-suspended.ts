import type { Cursor } from '../domain/cursor.ts';
import { ExportError, toExportError } from '../domain/failure.ts';
import { isProbeDue, isSuspended, regionOf, type SilenceByRegion } from '../domain/silence.ts';
import { deliverPart } from './deliver-part.ts';
import type { PartDelivery } from './part-delivery.ts';
import { reportFailure } from './report-failure.ts';

/**
 * Delivers a part, unless the destination's region is suspended: a cloud that takes connections and stays silent would
 * hold one exporter for each of its accounts, and all other accounts would wait. A suspended region is probed by one
 * exporter of the whole fleet at a time.
 *
 * @param seen what the fleet knew when the account was read
 * @throws ExportError `no_answer`, reported, without a try if the region is suspended; whatever `deliverPart` throws
 */
export async function deliverUnlessSuspended(
  delivery: PartDelivery,
  seen: SilenceByRegion,
): Promise<Cursor | 'not-begun' | 'superseded' | 'failed'> {
  const { account, cursor, intent, ports } = delivery;
  const { silences, clock, telemetry } = ports;
  const { accountId, destination } = account;
  const region = regionOf(destination);
  const silence = seen.get(region);
  const now = clock.now();
  if (isSuspended(silence, now)) {
    if (!isProbeDue(silence, now) || !(await silences.mayProbe(region, silence, now))) {
      const suspended = new ExportError(
        'no_answer',
        `Several accounts got no answer from ${region} a moment ago; this one is tried again later`,
      );
      await reportFailure(accountId, suspended, { cursor, window: intent.window }, ports);
      throw suspended;
    }
  }
  try {
    const delivered = await deliverPart(delivery);
    if (silence && typeof delivered === 'object') await remember(() => silences.clear(region));
    return delivered;
  } catch (thrown) {
    if (toExportError(thrown).code === 'no_answer')
      await remember(() => silences.note(region, accountId, clock.now()));
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
