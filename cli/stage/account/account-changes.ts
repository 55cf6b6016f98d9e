import type { PutEvent } from '../../../lambdas/aws/event-bus.ts';
import { parseAccount } from '../../../lambdas/domain/account.ts';
import { type Instant, toIso } from '../../../lambdas/domain/instant.ts';
import { placeName, placeOf } from '../../../lambdas/domain/recipe.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { toCommandError } from '../unreachable.ts';
import { quotedId } from './account-id.ts';
import type { AccountRecord } from './account-record.ts';

export interface AccountChange {
  readonly accountId: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** The names of what has another value now, `secret` among them. Values stay out: one may be a secret in the wrong field. */
  readonly attributes: readonly string[];
  /** The record before, if there was one and it was read. */
  readonly before?: AccountRecord | undefined;
  /** The record now. */
  readonly after?: AccountRecord | undefined;
}

/**
 * Sends the event `Account Changed`, after the change.
 * @throws CommandError saying that the change is made, if the event cannot be sent
 */
export type AnnounceChange = (change: AccountChange) => Promise<void>;

interface Announcer {
  readonly put: PutEvent;
  /** The identity that makes the changes. */
  readonly caller: () => Promise<string>;
  readonly now: () => Promise<Instant>;
}

export function createAnnouncer({ put, caller, now }: Announcer): AnnounceChange {
  return async ({ accountId, change, attributes, before, after }) => {
    const [from, to] = [placeIn(before), placeIn(after)];
    try {
      await put('Account Changed', {
        accountId,
        change,
        attributes,
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        changedBy: await caller(),
        changedAt: toIso(await now()),
      });
    } catch (thrown) {
      const { code, message, cause } = toCommandError(thrown);
      throw new CommandError(
        code === 'usage' ? 'problem' : code,
        `${message}\n  ${quotedId(accountId)} is ${change}, but the event "Account Changed" could not be sent: tell those who rely on it`,
        { cause },
      );
    }
  };
}

/** Where files go by a record; `undefined` if it has faults. */
function placeIn(record: AccountRecord | undefined): string | undefined {
  try {
    return record && placeName(placeOf(parseAccount(record).destination));
  } catch {
    return undefined;
  }
}
