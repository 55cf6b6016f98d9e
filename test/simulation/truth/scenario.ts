import { createRandom, type Random } from '../../../local/sample/random.ts';
import { type FaultKind, faultKinds } from '../world/fault-kinds.ts';
import { clockChanges } from './boundaries.ts';

export const hour = 3_600_000;
export const day = 24 * hour;

export interface SeedOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly days: number;
  /** Kinds of faults to leave out, to find out which ones a failure needs. */
  readonly without?: readonly FaultKind[];
  readonly keepTrace?: boolean;
}

/** The choices of a seed at its start. */
export interface Scenario {
  readonly enabled: ReadonlySet<FaultKind>;
  readonly start: number;
  /** The end of the faults: from then on, everything owed must arrive within a limited number of ticks. */
  readonly faultsUntil: number;
  readonly end: number;
  readonly timeZones: readonly string[];
  readonly settleSeconds: number;
  /** The recount delay after a window’s end in milliseconds; absent without recounts. */
  readonly recountAfter: number | undefined;
  readonly partBytes: number;
  readonly level: number;
  readonly faultsPerHundredCalls: number;
  readonly faultsPerHundredUploads: number;
  readonly messagesPerInvocation: number;
  /** The maximum number of rows in an answer of the audit log. */
  readonly rowsPerPage: number;
  /** Larger uploads need several requests. */
  readonly pieceBytes: number;
  /** True if the only faults are duplicate ticks and ticks at once. */
  readonly isCalm: boolean;
  /** The upload time per byte to the first account’s bucket in milliseconds, until the faults end. */
  readonly slowness: number;
}

/** Faults allowed in a calm world. Duplicate messages are not: a copy never waits for its original. */
const harmless: readonly FaultKind[] = [
  'reordered-message',
  'concurrent-exporters',
  'late-tick',
  'repeated-tick',
  'unprocessed-keys',
  'boundary-row',
  'daylight-saving',
  'many-parts',
  'backlog',
  'recount',
  'recorded-late',
];

const invocation = 15 * 60_000;
/** Two boundaries of every zone, a short settle time, and the retries of the last failures. */
const quietTime = 12 * hour;
/** The maximum delay of SQS, in seconds. */
const shortSettle = 900;
const longestSettle = 24 * 3600;
const longSettles = [shortSettle + 1, 3600, 3 * 3600, longestSettle];

const timeZones = [
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Calcutta',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'America/Havana',
  'Atlantic/Azores',
  'Antarctica/Troll',
  'Pacific/Apia',
  'America/St_Johns',
  'UTC',
  'Asia/Tehran',
  'Pacific/Kiritimati',
  'Africa/Casablanca',
  'Asia/Gaza',
  'Australia/Eucla',
  'Pacific/Marquesas',
  'America/Santiago',
];

export function drawScenario({ seed, days, without = [] }: SeedOptions): Scenario {
  const random = createRandom(`${seed} scenario`);
  const enabled = drawKinds(random);
  // A window that exceeds the memory takes long to generate, so few seeds have one.
  if (seed % 200 === 0) enabled.add('large-window');
  else enabled.delete('large-window');
  // A long history takes long as well, and a slow bucket needs a file that is cut several times.
  if (seed % 100 === 50) enabled.add('backlog');
  else enabled.delete('backlog');
  if (seed % 20 === 11) enabled.add('slow-bucket');
  else enabled.delete('slow-bucket');
  // Both need more calls for every window.
  if (seed % 5 === 2) enabled.add('recount').add('recorded-late');
  else enabled.delete('recount');
  if (seed % 24 === 4) enabled.add('long-settle');
  else enabled.delete('long-settle');
  const isCalm = seed % 200 === 150 || seed % 50 === 7;
  if (isCalm) for (const kind of enabled) if (!harmless.includes(kind)) enabled.delete(kind);
  for (const kind of without) enabled.delete(kind);

  const zones = Array.from({ length: 4 }, () => random.pick(timeZones));
  const start = drawStart(random, zones, days, enabled);
  const isSlow = enabled.has('slow-bucket');
  const settleSeconds = enabled.has('long-settle')
    ? random.pick(longSettles)
    : random.pick([0, 60, 300, 300, shortSettle]);
  // A process that crashes after queueing a message again duplicates it; in a day that happens a hundred times.
  const intensity = random.pick(settleSeconds === longestSettle ? [0, 1] : [0, 1, 2, 5]);
  const quiet = quietTime + (settleSeconds > shortSettle ? settleSeconds * 1000 : 0);
  const partBytes = isSlow ? random.integer(16_000, 32_000) : random.integer(1000, 6000);
  const isCut = isSlow || (enabled.has('many-parts') && !enabled.has('large-window'));
  return {
    enabled,
    start,
    faultsUntil: start + days * day,
    end: start + days * day + quiet,
    timeZones: zones,
    settleSeconds,
    recountAfter: enabled.has('recount') ? drawRecountAfter(random, settleSeconds) : undefined,
    partBytes: isCut ? partBytes : 1_073_741_824,
    level: isSlow || enabled.has('large-window') ? 0 : random.integer(0, 1),
    faultsPerHundredCalls: isCalm ? 0 : intensity,
    faultsPerHundredUploads: isCalm ? 0 : random.pick([0, 5, 15, 30]),
    messagesPerInvocation: random.pick([1, 1, 3]),
    rowsPerPage: random.pick([5, 20, 100]),
    // A 64th of a usual file is more than one piece of a slow bucket.
    pieceBytes: isSlow ? 200 : random.pick([200, 1000, 1_000_000]),
    isCalm,
    slowness: drawSlowness(random, enabled, partBytes),
  };
}

/** Longer than the settle time, as the configuration requires. */
function drawRecountAfter(random: Random, settleSeconds: number): number {
  return random.pick([1, 2, 6, 24]) * hour + Math.floor((settleSeconds * 1000) / hour) * hour;
}

/** One seed has nearly every kind of fault, another only a few, because one kind may hide the effect of another. */
function drawKinds(random: Random): Set<FaultKind> {
  const share = random.pick([0.15, 0.4, 0.7, 0.95]);
  return new Set(faultKinds.filter(() => random.chance(share)));
}

function drawStart(
  random: Random,
  zones: readonly string[],
  days: number,
  enabled: ReadonlySet<FaultKind>,
): number {
  const changes = enabled.has('daylight-saving') ? clockChanges(zones[0] ?? 'UTC') : [];
  const usable = changes.filter(change => change > Date.UTC(2026, 0, 10) && change < Date.UTC(2027, 9, 1));
  const instant =
    usable.length > 0
      ? random.pick(usable) - random.integer(6, Math.max(7, days * 24 - 6)) * hour
      : Date.UTC(2026, 1, 1) + random.integer(0, 500) * day + random.integer(0, 23) * hour;
  return Math.floor(instant / hour) * hour;
}

/** Slow enough that a usual file never fits into one invocation, or that a long history takes a while. */
function drawSlowness(random: Random, enabled: ReadonlySet<FaultKind>, partBytes: number): number {
  if (enabled.has('slow-bucket')) return ((1.2 + random.next() * 18) * invocation) / partBytes;
  return enabled.has('backlog') ? random.integer(10, 20) : 0;
}

/** Milliseconds that an account's bucket takes for a byte at an instant. */
export function slownessAt({ slowness, faultsUntil }: Scenario, account: number | undefined, now: number) {
  return account === 0 && now < faultsUntil ? slowness : 0;
}
