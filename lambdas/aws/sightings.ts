import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Instant, toIso } from '../domain/instant.ts';
import type { Sightings } from '../watchdog/ports.ts';
import { createItemReader } from './item-reader.ts';

/** The prefix of the watchdog's keys in the table `dispatch-state`. The stack grants it access only to these. */
export const sightingPrefix = 'watchdog#';

/** The watchdog runs hourly. After a longer gap, an account's waiting time starts again from zero. */
const longestBreak = 150 * 60_000;
const updatesInFlight = 16;
/** An account takes 2 to 3 ms on the watchdog's third of a processor, so this many take up to 5 of its 15 minutes. */
const mostNotedByDefault = 100_000;

interface SightingsOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** The most accounts that one call of `note` stores. */
  readonly mostNoted?: number;
}

/**
 * Items `watchdog#<account>` of the table `dispatch-state`, for accounts that wait for their first export. If there are
 * more than can be stored in time, it stores those that have waited longest, because they are the next to be overdue.
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

  /** Since when these accounts have been waiting; only accounts that the watchdog also saw recently. */
  async function recall(accountIds: readonly string[], now: Instant): Promise<readonly [string, Instant][]> {
    const items = await readItems(accountIds.map(keyOf));
    return items.flatMap(({ name, firstSeen, lastSeen }): [string, Instant][] => {
      const [first, last] = [firstSeen, lastSeen].map(seen => Date.parse(seen?.S ?? ''));
      // An unreadable date counts as missing: only this account's waiting time starts again.
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
