import {
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { toIso } from '../domain/instant.ts';
import { accountsToSuspend, type SilenceByRegion, silenceCounts } from '../domain/silence.ts';
import type { Silences } from '../exporter/ports.ts';
import type { Item } from './batch-get.ts';
import { ifConditionHolds } from './conditional-write.ts';

/** The item's name in the table `dispatch-state`; the stack grants the exporter no other. */
export const silencesName = 'silences';

export const silencesKey = { name: { S: silencesName } };

const accountsPrefix = 'accounts ';
const atPrefix = 'at ';

/**
 * The item `silences` of the table `dispatch-state`: for each region of a cloud that was silent lately, the attributes
 * `accounts <region>`, a set of account ids, and `at <region>`, an instant.
 */
export function createSilences({
  client,
  tableName,
}: {
  client: DynamoDBClient;
  tableName: string;
}): Silences {
  return {
    async note(region, accountId, now) {
      const accounts = { SS: [accountId] };
      const since = { S: toIso(now - silenceCounts) };
      const added = await update(region, {
        UpdateExpression: 'SET #at = :now ADD #accounts :accounts',
        ConditionExpression: '#at >= :since AND size(#accounts) < :enough',
        ExpressionAttributeValues: {
          ':now': { S: toIso(now) },
          ':accounts': accounts,
          ':since': since,
          ':enough': { N: String(accountsToSuspend) },
        },
      });
      if (added) return;
      // There is none yet, or an old one that counts no more; a region that is suspended stays so.
      await update(region, {
        UpdateExpression: 'SET #at = :now, #accounts = :accounts',
        ConditionExpression: 'attribute_not_exists(#at) OR #at < :since',
        ExpressionAttributeValues: { ':now': { S: toIso(now) }, ':accounts': accounts, ':since': since },
      });
    },

    async mayProbe(region, { at }, now) {
      return await update(region, {
        UpdateExpression: 'SET #at = :now',
        ConditionExpression: '#at = :seen',
        ExpressionAttributeValues: { ':now': { S: toIso(now) }, ':seen': { S: toIso(at) } },
      });
    },

    async clear(region) {
      await update(region, { UpdateExpression: 'REMOVE #at, #accounts' });
    },
  };

  async function update(region: string, change: Partial<UpdateItemCommandInput>): Promise<boolean> {
    const used = `${change.UpdateExpression} ${change.ConditionExpression}`;
    const names = { '#at': `${atPrefix}${region}`, '#accounts': `${accountsPrefix}${region}` };
    const written = await ifConditionHolds(() =>
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: silencesKey,
          // DynamoDB refuses names that no expression uses.
          ExpressionAttributeNames: Object.fromEntries(
            Object.entries(names).filter(([name]) => used.includes(name)),
          ),
          ...change,
        }),
      ),
    );
    return written !== undefined;
  }
}

export function silencesFromItem(item: Item | undefined): SilenceByRegion {
  return new Map(
    Object.entries(item ?? {}).flatMap(([name, { SS }]) => {
      if (!SS || !name.startsWith(accountsPrefix)) return [];
      const region = name.slice(accountsPrefix.length);
      const at = Date.parse(item?.[`${atPrefix}${region}`]?.S ?? '');
      return Number.isNaN(at) ? [] : [[region, { accountIds: SS, at }] as const];
    }),
  );
}
