import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Instant, toIso } from '../domain/instant.ts';
import { ifConditionHolds } from './conditional-write.ts';

const dispatcher = { name: { S: 'dispatcher' } };

/** The dispatcher's state between ticks: one item of the table `dispatch-state`. */
export function createDispatchState({ client, tableName }: { client: DynamoDBClient; tableName: string }) {
  return {
    async completedTick(): Promise<Instant | undefined> {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: dispatcher, ConsistentRead: true }),
      );
      const completed = Item?.completedTick?.S;
      return completed === undefined ? undefined : Date.parse(completed);
    },

    async completeTick(tick: Instant): Promise<void> {
      // If a later tick is already stored, it also sent the messages of this one.
      await ifConditionHolds(() =>
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: { ...dispatcher, completedTick: { S: toIso(tick) } },
            ConditionExpression: 'attribute_not_exists(completedTick) OR completedTick < :tick',
            ExpressionAttributeValues: { ':tick': { S: toIso(tick) } },
          }),
        ),
      );
    },
  };
}
