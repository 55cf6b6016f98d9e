import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { benchWindow } from '../input/rows.ts';

export interface PageSource {
  readonly dynamodbEndpoint: string;
  readonly accountId: string;
}

/** The rows as the document client's paginator gives them, a page at a time. */
export async function* documentPages({ dynamodbEndpoint, accountId }: PageSource) {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: dynamodbEndpoint }));
  const pages = paginateQuery(
    { client },
    queryInput(accountId, text => text),
  );
  for await (const { Items = [] } of pages) yield Items;
}

/** A page as lines of JSON. */
export function linesOf(rows: readonly Record<string, unknown>[]): string {
  let lines = '';
  for (const { date, email, action, actionId, description, ipAddress } of rows) {
    const record = {
      Date: date,
      Email: email,
      Action: action,
      'Action ID': actionId,
      Description: description,
      'IP Address': ipAddress,
    };
    lines += `${JSON.stringify(record)}\n`;
  }
  return lines;
}

/** @param value what a text is written as in a query */
export function queryInput<Value>(accountId: string, value: (text: string) => Value) {
  const [from = '', to = ''] = [benchWindow.start, benchWindow.end].map(at =>
    new Date(at).toISOString().slice(0, 19),
  );
  return {
    TableName: 'AuditLogs',
    KeyConditionExpression: 'accountId = :account AND recordedAt BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':account': value(accountId), ':from': value(from), ':to': value(to) },
  };
}
