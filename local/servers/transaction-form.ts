import * as z from 'zod';

const values = z.record(z.string(), z.unknown());
const put = z.strictObject({ TableName: z.string(), Item: values });
const update = z.strictObject({
  TableName: z.string(),
  Key: values,
  UpdateExpression: z.string(),
  ConditionExpression: z.string(),
  ExpressionAttributeValues: values,
});
/** The one form of transaction that the emulator supports, as the SDK sends it. */
export const transactionForm = z.strictObject({
  TransactItems: z.tuple([z.strictObject({ Put: put }), z.strictObject({ Update: update })]),
  ClientRequestToken: z.string(),
});
