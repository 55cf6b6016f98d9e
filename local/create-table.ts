import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';

/**
 * Creates a table and waits until it is active. Embedded servers, too, answer before the table is active; a write
 * before that fails as if the table did not exist.
 *
 * @throws the SDK's error, if the table is refused or not active within 30 seconds
 */
export async function createTable(client: DynamoDBClient, input: CreateTableCommandInput): Promise<void> {
  await client.send(new CreateTableCommand(input));
  await waitUntilTableExists(
    { client, maxWaitTime: 30, minDelay: 0.01, maxDelay: 1 },
    { TableName: input.TableName },
  );
}
