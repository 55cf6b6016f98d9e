import type { Instant } from '../domain/instant.ts';
import type { Survey } from '../domain/survey.ts';
import { overdueFirstFiles } from './first-file.ts';
import type { Sightings, WatchdogPorts } from './ports.ts';
import { survey } from './survey.ts';

export interface WatchTelemetry {
  surveyed(found: Omit<Survey, 'neverExported'>): void;
  /** Told of the accounts that should have had their first export by now. */
  neverExported(accountIds: readonly string[]): void;
}

interface WatchOptions {
  readonly now: Instant;
  /** How long after a window's end its file may take, in milliseconds. */
  readonly grace: number;
  readonly ports: WatchdogPorts;
  readonly sightings: Sightings;
  readonly telemetry: WatchTelemetry;
}

/**
 * One round of the watchdog. What the survey found is told before anything is written: after many accounts were added
 * at once the memory of them takes long, and a round that runs out of time must not be silent about the others.
 */
export async function watch({ now, grace, ports, sightings, telemetry }: WatchOptions): Promise<void> {
  const { neverExported, ...found } = await survey(now, grace, ports);
  telemetry.surveyed(found);
  try {
    telemetry.neverExported(await overdueFirstFiles(neverExported, now, grace, sightings));
  } catch (thrown) {
    // When the memory fails, better one alarm too many.
    telemetry.neverExported(neverExported);
    throw thrown;
  }
}
