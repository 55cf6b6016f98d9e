import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';

/**
 * Ends the leases of an account at once. The lease of a killed exporter would otherwise last for up to 15 minutes. A
 * running exporter loses its lease as well, so two exporters of one account sometimes run at once.
 */
export async function lapseLeases(
  client: DynamoDBClient,
  TableName: string,
  accountId: string,
): Promise<void> {
  const Key = { accountId: { S: accountId }, entry: { S: 'cursor' } };
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  for (const [token, attempt] of Object.entries(Item?.attempts?.M ?? {}))
    if (attempt.M?.lease)
      await client
        .send(
          new UpdateItemCommand({
            TableName,
            Key,
            UpdateExpression: 'REMOVE attempts.#token.lease',
            ConditionExpression: 'attribute_exists(attempts.#token)',
            ExpressionAttributeNames: { '#token': token },
          }),
        )
        .catch((thrown: unknown) => {
          if (!(thrown instanceof ConditionalCheckFailedException)) throw thrown;
        });
}
