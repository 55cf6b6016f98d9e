import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Target } from '../../stage/target/target.ts';

/** Whether the audit log has a row of an account; `undefined` if the operator may not look, which stops no export. */
export async function hasAnyRow(target: Target, accountId: string): Promise<boolean | undefined> {
  try {
    return await lookForRow(target, accountId);
  } catch (thrown) {
    if (thrown instanceof Error && unreadable.has(thrown.name)) return undefined;
    throw thrown;
  }
}

const unreadable: ReadonlySet<string> = new Set(['AccessDeniedException', 'ResourceNotFoundException']);

async function lookForRow(target: Target, accountId: string): Promise<boolean> {
  const { auditLog } = await target.environment();
  const { tableName, partitionKey, region } = auditLog;
  const client = region === undefined ? target.dynamodb : target.dynamodbIn(region);
  const { Count = 0 } = await client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: '#partition = :account',
      ExpressionAttributeNames: { '#partition': partitionKey },
      ExpressionAttributeValues: { ':account': { S: accountId } },
      Select: 'COUNT',
      Limit: 1,
    }),
  );
  return Count > 0;
}
