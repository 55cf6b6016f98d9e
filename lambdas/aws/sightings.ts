import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Instant, toIso } from '../domain/instant.ts';
import type { Sightings } from '../watchdog/ports.ts';
import { createItemReader } from './item-reader.ts';

/** Begins the keys of the watchdog's items in the table `dispatch-state`; the stack grants it no others. */
export const sightingPrefix = 'watchdog#';

/** The watchdog looks every hour; who was not seen waiting for longer than this begins to wait anew. */
const longestBreak = 150 * 60_000;
const updatesInFlight = 16;
/** Some minutes of the 15 that the watchdog has: each costs 2 or 3 ms on its third of a processor. */
const mostNotedByDefault = 100_000;

interface SightingsOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Accounts that a call of `note` writes down. */
  readonly mostNoted?: number;
}

/**
 * Items `watchdog#<account>` of the table `dispatch-state`, for accounts that wait for their first export. Where more
 * wait than can be noted, those that wait longest are: they are the next to be overdue, and lose no hour.
 */
export function createSightings({
  client,
  tableName,
  mostNoted = mostNotedByDefault,
}: SightingsOptions): Sightings {
  const readItems = createItemReader({ client, tableName });
  return {
    async note(accountIds, now) {
      const since = new Map([
        ...accountIds.map(id => [id, now] as const),
        ...(await recall(accountIds, now)),
      ]);
      const longestFirst = [...since].sort(([, one], [, other]) => one - other).slice(0, mostNoted);
      let next = 0;
      const noteOn = async () => {
        for (let one = longestFirst[next++]; one !== undefined; one = longestFirst[next++])
          await write(...one, now);
      };
      await Promise.all(Array.from({ length: updatesInFlight }, noteOn));
      return since;
    },
  };

  /** Since when these accounts have been waiting, as far as they were seen waiting a moment ago. */
  async function recall(accountIds: readonly string[], now: Instant): Promise<readonly [string, Instant][]> {
    const items = await readItems(accountIds.map(keyOf));
    return items.flatMap(({ name, firstSeen, lastSeen }): [string, Instant][] => {
      const [first, last] = [firstSeen, lastSeen].map(seen => Date.parse(seen?.S ?? ''));
      // A date that cannot be read is none: the account begins to wait anew, and holds up nobody else's note.
      const known = first !== undefined && first <= now && last !== undefined && last >= now - longestBreak;
      return known && name?.S !== undefined ? [[name.S.slice(sightingPrefix.length), first]] : [];
    });
  }

  async function write(accountId: string, since: Instant, now: Instant): Promise<void> {
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: keyOf(accountId),
        UpdateExpression: 'SET firstSeen = :since, lastSeen = :now',
        ExpressionAttributeValues: { ':since': { S: toIso(since) }, ':now': { S: toIso(now) } },
      }),
    );
  }
}

function keyOf(accountId: string) {
  return { name: { S: sightingPrefix + accountId } };
}
