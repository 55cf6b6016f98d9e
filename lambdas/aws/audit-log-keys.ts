import type { AttributeValue, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { sortKeyBound } from '../domain/sort-key.ts';
import type { Window } from '../domain/window.ts';
import type { AuditLogSource } from '../environment.ts';

export function sortKeyValue({ sortKeyType }: AuditLogSource, key: string): AttributeValue {
  return sortKeyType === 'iso' ? { S: key } : { N: key };
}

/**
 * The query of an account's rows from one instant to another. BETWEEN includes its upper bound: a row whose key is
 * exactly the `sortKeyBound` of the end comes with it, and belongs to what follows.
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
