import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { ExportError } from '../domain/failure.ts';
import {
  createDirectRequests,
  type JsonCommand,
  type RequestOptions,
  type WholeAnswer,
  whole,
} from './direct-requests.ts';
import { notRetriedWhenThrottled } from './throttling.ts';

const emptyAnswer = new TextEncoder().encode('{}');

/**
 * Sends queries and answers with the bytes of DynamoDB's answers, checked against their checksums: the reading of a
 * successful answer is left out, which costs more than everything else.
 *
 * @throws what the client throws
 */
export function createRawQuery(client: DynamoDBClient) {
  const send = createDirectRequests(client);

  return (query: QueryCommandInput, options: RequestOptions): Promise<Uint8Array> => {
    const command = notRetriedWhenThrottled(new QueryCommand(query));
    return send(
      command as JsonCommand,
      options,
      ({ body }) => body,
      () => sendBySdk(command, options),
    );
  };

  async function sendBySdk(command: QueryCommand, { abortSignal }: RequestOptions): Promise<Uint8Array> {
    let bytes: Uint8Array | undefined;
    command.middlewareStack.add(
      next => async args => {
        const result = await next(args);
        const answer = result.response as WholeAnswer;
        if (answer.statusCode !== 200) return result;
        bytes = (await whole(answer)).body;
        return { ...result, response: { ...answer, body: emptyAnswer } };
      },
      // Around that of the direct requests, which is added before.
      { step: 'deserialize', priority: 'normal', name: 'rawAnswer' },
    );
    await client.send(command, { abortSignal });
    if (bytes === undefined) throw new ExportError('internal', 'DynamoDB answered a query without a body');
    return bytes;
  }
}
