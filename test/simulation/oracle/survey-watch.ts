import type { Survey } from '../../../lambdas/domain/survey.ts';
import type { Item } from '../services/expressions.ts';
import type { SimulatedAccount } from '../truth/accounts.ts';
import { boundaryAfter } from '../truth/boundaries.ts';
import type { World } from '../world/world.ts';
import { readCursorItem } from './cursor-item.ts';

interface SurveyWatchOptions {
  readonly world: World;
  readonly accounts: readonly SimulatedAccount[];
  readonly grace: number;
  readonly cursorOf: (accountId: string) => Item | undefined;
  readonly lastWrite: (accountId: string) => number;
  /** From here on no account has a reason to be behind. */
  readonly quietSince: number;
}

/**
 * Holds what the watchdog found against the truth. An account is to be found
 * - invalid, exactly while its record is;
 * - never exported, exactly while it is valid and active and has no cursor;
 * - behind, exactly while it is valid and active and a window that it is owed ended longer ago than the grace.
 *
 * An account that changed while the watchdog looked may be found either way. When the faults have ceased for long
 * enough, nobody may be found at all.
 */
export function createSurveyWatch({
  world,
  accounts,
  grace,
  cursorOf,
  lastWrite,
  quietSince,
}: SurveyWatchOptions) {
  return (found: Survey, now: number, begun: number) => {
    const invalid = new Set(found.invalid.map(({ accountId }) => accountId));
    const behind = new Set(found.behind.map(({ accountId }) => accountId));
    const never = new Set(found.neverExported);
    if (begun > quietSince && invalid.size + behind.size + never.size > 0)
      world.violate('watchdog', `All is well, and it cries ${[...invalid, ...behind, ...never]}`);
    for (const account of accounts) {
      const { id, versions } = account;
      const version = versions.at(-1);
      if (!version || version.at >= begun || lastWrite(id) >= begun) continue;
      const item = cursorOf(id);
      const { record, valid } = version;
      const isActive = valid && record?.status === 'active';
      expect(id, 'invalid', invalid.has(id), record !== undefined && !valid);
      expect(id, 'never exported', never.has(id), isActive && !item);
      expect(id, 'behind', behind.has(id), isActive && item !== undefined && isBehind(item, record, now));
    }
  };

  function expect(id: string, what: string, found: boolean, truth: boolean) {
    if (found !== truth)
      world.violate('watchdog', `${id} is ${truth ? '' : 'not '}${what}, the watchdog says otherwise`);
  }

  function isBehind(
    item: Item,
    record: { readonly timeZone: string; readonly addOnExpiresAt?: string | undefined },
    now: number,
  ): boolean {
    const { intent, through } = readCursorItem(item);
    const end = intent?.end ?? boundaryAfter(record.timeZone, through);
    const expires = record.addOnExpiresAt;
    return end + grace <= now && (expires === undefined || end <= Date.parse(expires));
  }
}
