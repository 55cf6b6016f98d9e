import type { Instant } from '../domain/instant.ts';
import { patience } from '../domain/lateness.ts';
import type { KeySample, Survey } from '../domain/survey.ts';
import { overdueFirstFiles } from './first-file.ts';
import type { Sightings, WatchdogPorts } from './ports.ts';
import { type NewestKeys, sampleKeys, turnOf } from './sample-keys.ts';
import { survey } from './survey.ts';

export interface WatchTelemetry {
  surveyed(found: SurveyedAccounts): void;
  /** The accounts that should have had their first export by now since they were added or resumed. */
  neverExported(accountIds: readonly string[]): void;
  keysSampled(found: KeySample): void;
  /** The watchdog could not read the audit log of some accounts. Exports are not affected. */
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
 * One round of the watchdog. It reports the survey before it stores anything: after many accounts were added at once,
 * storing them takes long, and a round that runs out of time must already have reported the other accounts.
 */
export async function watch({ now, settle, ports, sightings, keys, telemetry }: WatchOptions): Promise<void> {
  const { neverExported, ...found } = await survey(now, settle, ports);
  telemetry.surveyed(found);
  // The audit log may be another team's table that the watchdog must not read, so an error here must not end the round.
  const failures: unknown[] = [];
  const sample = await sampleKeys(turnOf(found.active, now), keys, thrown => failures.push(thrown));
  if (sample.sampled > 0 || failures.length === 0) telemetry.keysSampled(sample);
  if (failures.length > 0) telemetry.keysNotSampled(failures[0]);
  try {
    telemetry.neverExported(await overdueFirstFiles(neverExported, now, settle + patience, sightings));
  } catch (thrown) {
    // If the waiting times are unknown, a false alarm is better than none.
    telemetry.neverExported(neverExported);
    throw thrown;
  }
}
