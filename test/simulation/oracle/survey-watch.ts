import { type FailureCode, failureCodes } from '../../../lambdas/domain/failure.ts';
import type { Survey } from '../../../lambdas/domain/survey.ts';
import type { Item } from '../services/expressions.ts';
import type { SimulatedAccount } from '../truth/accounts.ts';
import { boundaryAfter } from '../truth/boundaries.ts';
import { hour } from '../truth/scenario.ts';
import type { World } from '../world/world.ts';
import { type CursorItem, readCursorItem } from './cursor-item.ts';

interface SurveyWatchOptions {
  readonly world: World;
  readonly accounts: readonly SimulatedAccount[];
  /** In milliseconds. */
  readonly settle: number;
  readonly cursorOf: (accountId: string) => Item | undefined;
  readonly lastWrite: (accountId: string) => number;
  /** From this instant on, no account has a reason to be behind. */
  readonly quietSince: number;
}

/** A run of the watchdog. */
export interface Round {
  /** By the watchdog’s clock. */
  readonly now: number;
  /** By the world’s clock. */
  readonly begun: number;
  /** True if it may have overlooked a running exporter. */
  readonly overlookedLeases: boolean;
}

/** The runbook promises at most two hours for a file, and for each further file of a backlog. */
const patience = 2 * hour;

/**
 * Holds what the watchdog found against the truth. An account is to be found
 * - invalid, exactly while its record is;
 * - never exported, exactly while it is valid and active and no exporter has seen it since it was added or resumed, in the
 *   latter case with a window that is due;
 * - in trouble, exactly while it is valid and active and owed a window, and its last failure needs a person, or the window
 *   was to be delivered longer ago than that may take, and so was the file before it.
 *
 * An account that changed while the watchdog looked may be found either way. When the faults have ceased for long
 * enough, nobody may be found at all.
 */
export function createSurveyWatch({
  world,
  accounts,
  settle,
  cursorOf,
  lastWrite,
  quietSince,
}: SurveyWatchOptions) {
  return (found: Survey, { now, begun, overlookedLeases }: Round) => {
    const ids = (accountsFound: readonly { readonly accountId: string }[]) =>
      accountsFound.map(({ accountId }) => accountId);
    const invalid = new Set(ids(found.invalid));
    const troubled = new Set([...ids(found.failing), ...ids(found.behind)]);
    const never = new Set(found.neverExported);
    if (begun > quietSince && invalid.size + troubled.size + never.size > 0)
      world.violate('watchdog', `All is well, and it cries ${[...invalid, ...troubled, ...never]}`);
    for (const account of accounts) {
      const { id, versions } = account;
      const version = versions.at(-1);
      if (!version || version.at >= begun || lastWrite(id) >= begun) continue;
      const item = cursorOf(id);
      const { record, valid } = version;
      const active = valid && record?.status === 'active' ? record : undefined;
      const cursor = item && readCursorItem(item);
      const end = active && cursor && owedEnd(cursor, active);
      const waits = cursor?.stopped !== undefined && end !== undefined && end + settle <= now;
      const isTroubled = cursor && !cursor.stopped && end !== undefined && inTrouble(cursor, end, now);
      expect(id, 'invalid', invalid.has(id), record !== undefined && !valid);
      expect(id, 'never exported', never.has(id), active !== undefined && (!cursor || waits));
      const isLeased = cursor?.attempts.some(({ leasedUntil }) => leasedUntil > now);
      if (!overlookedLeases || !isLeased) expect(id, 'in trouble', troubled.has(id), isTroubled === true);
    }
  };

  function expect(id: string, what: string, found: boolean, truth: boolean) {
    if (found !== truth)
      world.violate('watchdog', `${id} is ${truth ? '' : 'not '}${what}, the watchdog says otherwise`);
  }

  function inTrouble(
    { failures, lastError, deliveredAt, attempts }: CursorItem,
    end: number,
    now: number,
  ): boolean {
    if (failures > 0 && lastError !== undefined && !failureCodes[lastError as FailureCode].retryable)
      return true;
    const atWork = failures === 0 && attempts.some(({ leasedUntil }) => leasedUntil > now);
    const begun = atWork ? attempts.map(({ startedAt }) => startedAt).sort((a, b) => a - b)[0] : undefined;
    return [end + settle, deliveredAt, begun ?? 0].every(since => since + patience <= now);
  }
}

/** The end of the oldest window that is not delivered, unless the add-on ends before. */
function owedEnd(
  { intent, through }: CursorItem,
  { timeZone, addOnExpiresAt }: { readonly timeZone: string; readonly addOnExpiresAt?: string | undefined },
): number | undefined {
  const end = intent?.end ?? boundaryAfter(timeZone, through);
  return addOnExpiresAt === undefined || end <= Date.parse(addOnExpiresAt) ? end : undefined;
}
