import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';

/**
 * Ends the leases of an account at once. A killed exporter's lease ends with its invocation, up to 15 minutes later, which
 * nobody wants to watch; a living one loses its lease, too, so that two exporters of one account are at work at times.
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
