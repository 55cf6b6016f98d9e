import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { benchWindow } from '../input/rows.ts';

export interface PageSource {
  readonly dynamodbEndpoint: string;
  readonly accountId: string;
}

/** The window's rows, one page at a time, read with the document client's paginator. */
export async function* documentPages({ dynamodbEndpoint, accountId }: PageSource) {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: dynamodbEndpoint }));
  const pages = paginateQuery(
    { client },
    queryInput(accountId, text => text),
  );
  for await (const { Items = [] } of pages) yield Items;
}

/** The rows of a page in the customer's format: one line of JSON for each row. */
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

/** @param value turns a text into the client's form of a string: plain, or `{ S: … }` */
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
