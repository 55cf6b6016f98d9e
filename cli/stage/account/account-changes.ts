import type { PutEvent } from '../../../lambdas/aws/event-bus.ts';
import { accountAttributes, parseAccount } from '../../../lambdas/domain/account.ts';
import { type Instant, toIso } from '../../../lambdas/domain/instant.ts';
import { placeName, placeOf } from '../../../lambdas/domain/recipe.ts';
import { toCommandError } from '../unreachable.ts';
import { quotedId } from './account-id.ts';
import type { AccountRecord } from './account-record.ts';
import { changedAttributes } from './record-change.ts';

/** A change of an account by a command. */
export interface AccountChange {
  /** The record before the change; absent if the account was added. */
  readonly before?: AccountRecord;
  /** The record after the change; absent if the account was removed. */
  readonly after?: AccountRecord;
  /** True if a secret was created or replaced. */
  readonly secretStored?: boolean;
}

/**
 * Sends the event `Account Changed`, unless nothing has changed. Never throws: the change has been made, and a
 * command that failed here would not do the rest of its work.
 */
export type AnnounceChange = (change: AccountChange) => Promise<void>;

export interface Announcer {
  /**
   * Call this before the first write: it determines the operator’s identity, which would otherwise take time between
   * a write and its event. Never throws.
   */
  begin(): Promise<AnnounceChange>;
  /** The accounts whose events could not be sent, by reason. */
  readonly unsent: ReadonlyMap<string, readonly string[]>;
}

export interface AnnouncerOptions {
  readonly put: PutEvent;
  /** Determines the operator’s identity. */
  readonly readCaller: () => Promise<string>;
  readonly now: () => Promise<Instant>;
}

export function createAnnouncer({ put, readCaller, now }: AnnouncerOptions): Announcer {
  const unsent = new Map<string, string[]>();
  let caller: Promise<string> | undefined;
  return {
    unsent,
    async begin() {
      caller ??= readCaller();
      const changedBy = caller;
      // Without an identity no event can be sent; this is noted for each account.
      await changedBy.catch(() => undefined);
      return async change => {
        const detail = detailOf(change);
        if (detail === undefined) return;
        try {
          await put('Account Changed', {
            ...detail,
            changedBy: await changedBy,
            changedAt: toIso(await now()),
          });
        } catch (thrown) {
          const { message } = toCommandError(thrown);
          unsent.set(message, unsent.get(message) ?? []);
          unsent.get(message)?.push(detail.accountId);
        }
      };
    },
  };
}

/** The message about events that could not be sent, in lines. */
export function describeUnsent(unsent: Announcer['unsent']): string[] {
  return [...unsent].flatMap(([reason, accountIds]) => [
    `siem-export: these accounts were changed, but their event "Account Changed" could not be sent: ${reason}`,
    ...accountIds.map(accountId => `  ${quotedId(accountId)}`),
  ]);
}

function detailOf({ before, after, secretStored = false }: AccountChange) {
  const attributes = after === undefined ? [] : changedAttributes(before ?? {}, after);
  if (secretStored) attributes.push('secret');
  if (before !== undefined && after !== undefined && attributes.length === 0) return undefined;
  const [from, to] = [placeIn(before), placeIn(after)];
  return {
    accountId: String((after ?? before)?.accountId),
    change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    attributes: [...new Set(attributes.map(publicName))],
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

/** Any other name may be a pasted value, such as a credential. */
function publicName(attribute: string): string {
  return accountAttributes.includes(attribute) || attribute === 'secret' ? attribute : 'other';
}

/** The destination in a record; `undefined` if the record is invalid. */
function placeIn(record: AccountRecord | undefined): string | undefined {
  try {
    return record && placeName(placeOf(parseAccount(record).destination));
  } catch {
    return undefined;
  }
}
