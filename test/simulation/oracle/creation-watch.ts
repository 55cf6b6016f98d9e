import { isTestObjectKey } from '../../../lambdas/domain/test-object.ts';
import type { StoredObject } from '../services/cloud.ts';
import type { SimulatedAccount } from '../truth/accounts.ts';
import type { World } from '../world/world.ts';
import { type CursorItem, canHaveCreated } from './cursor-item.ts';
import type { Invocation } from './invocation.ts';
import { placeOf } from './ledger-watch.ts';

interface CreationWatchOptions {
  readonly world: World;
  readonly accounts: readonly SimulatedAccount[];
  readonly isIntended: (place: string, key: string) => boolean;
  /** The account’s present cursor. */
  readonly cursorOf: (accountId: string) => CursorItem | undefined;
}

/** A run lasts at most 15 minutes, and its last request may arrive a minute later. */
const longestMemory = 17 * 60_000;

/** Checks every created object: it must be intended, owed, and at the right place. */
export function createCreationWatch({ world, accounts, isIntended, cursorOf }: CreationWatchOptions) {
  return (invocation: Invocation | undefined, object: StoredObject, replaced: StoredObject | undefined) => {
    if (replaced) world.violate('rewritten', `${object.place}/${object.key} is written over another object`);
    const match =
      /^(?:(.+)\/)?audit\/([\w-]+)\/audit_\2_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)\d\dZ(?:_(\d{4,}))?\./.exec(
        object.key,
      );
    if (isTestObjectKey(object.key)) return;
    const [, prefix, encoded = '', ...digits] = match ?? [];
    const account = accounts.find(({ id }) => Buffer.from(id).toString('base64url') === encoded);
    if (!match || !account) return world.violate('key', `${object.key} is no key of any account`);
    const [year = 0, month = 1, day, hours, minutes, part] = digits.map(digit => Number(digit ?? 1));
    const end = Date.UTC(year, month - 1, day, hours, minutes);
    const place = prefix === undefined ? object.place : `${object.place}/${prefix}`;
    if (!isIntended(place, object.key)) world.violate('intent', `${place} ${object.key} was never intended`);
    const cursor = cursorOf(account.id);
    // A retry that finds the object takes it for its own only because the ledger has such an attempt.
    const isKnown = cursor?.attempts.some(
      attempt => invocation?.tokens.has(attempt.token) && attempt.place === place && canHaveCreated(attempt),
    );
    if (cursor?.intent?.end === end && cursor.intent.part === part && !isKnown)
      world.violate(
        'attempts',
        `${object.key} is created, and the ledger knows of no attempt that can have done it`,
      );
    const through = cursor?.through ?? Number.NEGATIVE_INFINITY;
    if (end - through > longestWindow)
      world.violate(
        'order',
        `${object.key} is written while the account stands at ${new Date(through).toISOString()}`,
      );

    const known = account.versions.filter(
      ({ at }, index) => at >= world.now() - longestMemory || lasted(account, index),
    );
    const owed = known.some(
      ({ record, valid }) =>
        valid &&
        record?.status === 'active' &&
        placeOf(record) === place &&
        (record.addOnExpiresAt === undefined || end <= Date.parse(record.addOnExpiresAt)),
    );
    if (!owed) world.violate('not-owed', `${place} ${object.key} is not owed`);
  };

  /** True if the version was valid until less than `longestMemory` ago. */
  function lasted({ versions }: SimulatedAccount, index: number): boolean {
    const next = versions[index + 1];
    return next === undefined || next.at >= world.now() - longestMemory;
  }
}

/** A clock that is set back makes a window of at most 5 hours; a changed time zone makes shorter ones. */
const longestWindow = 8 * 3_600_000;
