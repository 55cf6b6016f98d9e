import { isDeepStrictEqual } from 'node:util';
import type { Row } from '../services/audit-rows.ts';
import type { Item } from '../services/expressions.ts';
import type { SimulatedAccount } from '../truth/accounts.ts';
import { boundaryUpTo } from '../truth/boundaries.ts';
import { hour, type Scenario } from '../truth/scenario.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import type { Invocation } from './invocation.ts';
import type { Commit } from './ledger-watch.ts';

/** The longest time between an event and the note in the ledger that it was sent, without a fault. */
const longestCall = 10_000;
/** An account’s first recount goes back this far. */
const firstStretch = 4 * hour;

interface Telling {
  readonly rows: number;
  readonly at: number;
  readonly process: Process;
}

/**
 * Watches rows that are recorded late. A window is read after its settle time, not before. A row that comes later,
 * but before its window is counted again, must be in a file or be reported; once, unless a fault hit a run in
 * between. No other rows are reported.
 */
export function createLateRowWatch(world: World, scenario: Scenario) {
  const { settleSeconds, recountAfter = Number.POSITIVE_INFINITY } = scenario;
  /** By account, then by window end. */
  const told = new Map<string, Map<number, readonly Telling[]>>();
  /** The ends of the first and last window that were counted again, according to the ledger. */
  const recounted = new Map<string, { readonly first: number; readonly last: number }>();
  const toldOf = (accountId: string) => told.get(accountId) ?? new Map<number, readonly Telling[]>();

  return {
    onRead(process: Process, accountId: string, { end }: { readonly end: number }): void {
      if (process.now() < end + settleSeconds * 1000)
        world.violate('settle', `${accountId}: the window until ${iso(end)} is read before it has settled`);
    },

    onTold({ process, begun }: Invocation, accountId: string, end: number, rows: number): void {
      const earlier = toldOf(accountId).get(end) ?? [];
      const isAgain = earlier.some(
        other =>
          other.process.troubles() + process.troubles() === 0 &&
          (other.process === process || begun > other.at + longestCall),
      );
      if (isAgain) world.violate('recount', `${accountId}: late rows until ${iso(end)} are told again`);
      const telling = { rows, at: world.now(), process };
      told.set(accountId, toldOf(accountId).set(end, [...earlier, telling]));
    },

    onRecounted(accountId: string, before: Item, after: Item): void {
      const { recountedThrough: _, ...rest } = before;
      const { recountedThrough, ...others } = after;
      if (!isDeepStrictEqual(rest, others))
        world.violate('recount', `${accountId}: the note of a recount changes more of the cursor`);
      const last = Date.parse(recountedThrough?.S ?? '');
      recounted.set(accountId, { first: recounted.get(accountId)?.first ?? last, last });
    },

    /** The final check. */
    check(
      { id, record }: SimulatedAccount,
      commits: readonly Commit[],
      rows: readonly Row[],
      delivered: ReadonlySet<string>,
    ): void {
      const tellings = toldOf(id);
      const due = lastDue(scenario, record.timeZone);
      const { first, last } = recounted.get(id) ?? {
        first: due - recountAfter - firstStretch + 1,
        last: Number.NEGATIVE_INFINITY,
      };
      const uncertain = new Set(
        commits.flatMap(({ intent, object, ambiguous, recomputed }) =>
          ambiguous || recomputed || !object ? intent.end : [],
        ),
      );
      const windows = commits.flatMap(({ intent, final, at }) => (final ? { ...intent, at } : []));
      for (const end of tellings.keys())
        if (!windows.some(window => window.end === end))
          world.violate('recount', `${id}: rows are told of a window until ${iso(end)}, which is none`);
      for (const { start, end, at } of windows) {
        const isDue = end >= first && end <= due - recountAfter && at < due;
        if (isDue && end > last)
          world.violate('recount', `${id}: the window until ${iso(end)} is not counted again`);
        if (uncertain.has(end)) continue;
        const inWindow = rows.filter(({ recordedAt }) => recordedAt >= start && recordedAt < end);
        const late = inWindow.filter(row => !delivered.has(row.id));
        const numbers = (tellings.get(end) ?? []).map(telling => {
          const most = late.filter(({ visibleAt }) => visibleAt <= telling.at).length;
          if (!(telling.rows >= 1 && telling.rows <= most))
            world.violate('recount', `${id}: ${telling.rows} late rows told, ${most} until ${iso(end)}`);
          return telling.rows;
        });
        const inTime = late.filter(
          row => isInTime(row.visibleAt, end + recountAfter) && row.deletedAt > world.now(),
        ).length;
        // Deleted rows reduce the count of a window, which may hide as many late rows.
        const hidden = inWindow.filter(row => delivered.has(row.id) && row.deletedAt <= world.now()).length;
        if (isDue && Math.max(0, ...numbers) < inTime - hidden)
          world.violate('recount', `${id}: of ${inTime} late rows until ${iso(end)}, ${numbers} are told`);
      }
    },
  };
}

export type LateRowWatch = ReturnType<typeof createLateRowWatch>;

/**
 * True if a row is visible to every reader at an instant, whatever the difference of clocks and the delay of
 * replicas.
 */
export function isInTime(visibleAt: number, instant: number): boolean {
  return visibleAt <= instant - 10_000;
}

/** The last boundary that left enough time for the dispatcher, the settle time and an exporter. */
export function lastDue({ end, settleSeconds }: Scenario, timeZone: string): number {
  return boundaryUpTo(timeZone, end - settleSeconds * 1000 - 10 * 60_000);
}

function iso(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16);
}
