import type { Destination } from '../../../lambdas/domain/account.ts';
import { keyOf, readCursorItem } from '../oracle/cursor-item.ts';
import type { Cloud, StoredObject } from '../services/cloud.ts';
import { bucketPlace } from '../services/cloud.ts';
import type { Item } from '../services/expressions.ts';
import type { SimulatedAccount } from '../truth/accounts.ts';
import { boundaryAfter } from '../truth/boundaries.ts';
import type { World } from '../world/world.ts';

/** Puts a customer’s own object at a destination, with the key that comes next; the returned function removes it. */
export function createForeignObjects(
  world: World,
  buckets: Cloud['buckets'],
  cursorOf: (accountId: string) => Item | undefined,
  onPut: (object: StoredObject) => void,
) {
  return ({ id, record }: SimulatedAccount, destination: Destination): (() => void) | undefined => {
    const item = cursorOf(id);
    if (!item) return undefined;
    const { through, intent } = readCursorItem(item);
    const place = bucketPlace(destination);
    const named = destination.prefix === undefined ? place : `${place}/${destination.prefix}`;
    // The upload of a file that has been begun may already be on its way there.
    if (intent?.place === named) return undefined;
    const key = keyOf(id, {
      start: through,
      end: intent?.end ?? boundaryAfter(record.timeZone, through),
      part: intent?.part ?? 1,
      after: undefined,
      place,
      manner: '',
      partBytes: 0,
      compression: intent?.compression ?? record.compression,
      prefix: destination.prefix,
    });
    const bucket = buckets.get(place) ?? new Map();
    buckets.set(place, bucket);
    if (bucket.has(key)) return undefined;
    const object = {
      place,
      key,
      body: Buffer.from('a customer’s own'),
      foreign: true,
      createdAt: world.now(),
      readFrom: world.now(),
    };
    bucket.set(key, object);
    onPut(object);
    world.trace('customer', `puts ${place} ${key}`);
    return () => {
      if (bucket.get(key) === object) bucket.delete(key);
      world.trace('customer', `takes ${place} ${key} away`);
    };
  };
}
