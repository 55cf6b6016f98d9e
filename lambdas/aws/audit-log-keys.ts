import type { AttributeValue, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { sortKeyBound } from '../domain/sort-key.ts';
import type { Window } from '../domain/window.ts';
import type { AuditLogSource } from '../environment.ts';

export function sortKeyValue({ sortKeyType }: AuditLogSource, key: string): AttributeValue {
  return sortKeyType === 'iso' ? { S: key } : { N: key };
}

/**
 * The query for an account's rows from one instant to another. BETWEEN includes its upper bound, so
 * the query also returns a row whose key is exactly the `sortKeyBound` of the end. That row belongs
 * to the next window, and the caller must leave it out.
 */
export function queryBetween(source: AuditLogSource, accountId: string, { start, end }: Window) {
  return {
    TableName: source.tableName,
    KeyConditionExpression: '#partition = :account AND #sort BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#partition': source.partitionKey, '#sort': source.sortKey },
    ExpressionAttributeValues: {
      ':account': { S: accountId },
      ':from': sortKeyValue(source, sortKeyBound(start, source.sortKeyType)),
      ':to': sortKeyValue(source, sortKeyBound(end, source.sortKeyType)),
    },
  } satisfies QueryCommandInput;
}
