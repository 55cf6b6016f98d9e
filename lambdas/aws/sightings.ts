import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Instant, toIso } from '../domain/instant.ts';
import type { Sightings } from '../domain/survey.ts';

/** Begins the keys of the watchdog's items in the table `DispatchState`; the stack grants it no others. */
export const sightingPrefix = 'watchdog#';

/** The watchdog looks every hour; who was not seen waiting for longer than this begins to wait anew. */
const longestBreak = 150 * 60_000;
const updatesInFlight = 16;

/** Items `watchdog#<account>` of the table `DispatchState`, for accounts that wait for their first export. */
export function createSightings({
  client,
  tableName,
}: {
  client: DynamoDBClient;
  tableName: string;
}): Sightings {
  return {
    async note(accountIds, now) {
      const since = new Map<string, Instant>();
      let next = 0;
      const noteOn = async () => {
        for (let id = accountIds[next++]; id !== undefined; id = accountIds[next++])
          since.set(id, (await goOn(id, now)) ?? (await begin(id, now)));
      };
      await Promise.all(Array.from({ length: updatesInFlight }, noteOn));
      return since;
    },
  };

  /** Since when the account has been waiting, if it was seen waiting a moment ago. */
  async function goOn(accountId: string, now: Instant): Promise<Instant | undefined> {
    try {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          ...itemOf(accountId),
          UpdateExpression: 'SET lastSeen = :now',
          ConditionExpression: 'lastSeen >= :recently',
          ExpressionAttributeValues: {
            ':now': { S: toIso(now) },
            ':recently': { S: toIso(now - longestBreak) },
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Date.parse(Attributes?.firstSeen?.S ?? toIso(now));
    } catch (thrown) {
      if (thrown instanceof ConditionalCheckFailedException) return undefined;
      throw thrown;
    }
  }

  async function begin(accountId: string, now: Instant): Promise<Instant> {
    await client.send(
      new UpdateItemCommand({
        ...itemOf(accountId),
        UpdateExpression: 'SET firstSeen = :now, lastSeen = :now',
        ExpressionAttributeValues: { ':now': { S: toIso(now) } },
      }),
    );
    return now;
  }

  function itemOf(accountId: string) {
    return { TableName: tableName, Key: { name: { S: sightingPrefix + accountId } } };
  }
}
