import type { Instant } from '../domain/instant.ts';
import { patience } from '../domain/lateness.ts';
import type { KeySample, Survey } from '../domain/survey.ts';
import { overdueFirstFiles } from './first-file.ts';
import type { Sightings, WatchdogPorts } from './ports.ts';
import { type NewestKeys, sampleKeys, turnOf } from './sample-keys.ts';
import { survey } from './survey.ts';

export interface WatchTelemetry {
  surveyed(found: SurveyedAccounts): void;
  /** Told of the accounts that should have had their first export by now, since they were added or resumed. */
  neverExported(accountIds: readonly string[]): void;
  keysSampled(found: KeySample): void;
  /** The audit log of some accounts cannot be read by the watchdog, which stops no export. */
  keysNotSampled(cause: unknown): void;
}

type SurveyedAccounts = Omit<Survey, 'neverExported'>;

interface WatchOptions {
  readonly now: Instant;
  /** How long after its end a window is read, in milliseconds. */
  readonly settle: number;
  readonly ports: WatchdogPorts;
  readonly sightings: Sightings;
  readonly keys: NewestKeys;
  readonly telemetry: WatchTelemetry;
}

/**
 * One round of the watchdog. What the survey found is told before anything is written: after many accounts were added
 * at once the memory of them takes long, and a round that runs out of time must not be silent about the others.
 */
export async function watch({ now, settle, ports, sightings, keys, telemetry }: WatchOptions): Promise<void> {
  const { neverExported, ...found } = await survey(now, settle, ports);
  telemetry.surveyed(found);
  // The table may be another team's, and closed to the watchdog: whatever happens here ends no round.
  const failures: unknown[] = [];
  const sample = await sampleKeys(turnOf(found.active, now), keys, thrown => failures.push(thrown));
  if (sample.sampled > 0 || failures.length === 0) telemetry.keysSampled(sample);
  if (failures.length > 0) telemetry.keysNotSampled(failures[0]);
  try {
    telemetry.neverExported(await overdueFirstFiles(neverExported, now, settle + patience, sightings));
  } catch (thrown) {
    // When the memory fails, better one alarm too many.
    telemetry.neverExported(neverExported);
    throw thrown;
  }
}
