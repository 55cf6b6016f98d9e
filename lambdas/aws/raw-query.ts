import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { ExportError } from '../domain/failure.ts';
import {
  createDirectRequests,
  type JsonCommand,
  type RequestOptions,
  type Sent,
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
  const requests = createDirectRequests(client);

  return async (query: QueryCommandInput, options: RequestOptions): Promise<Uint8Array> => {
    const command = notRetriedWhenThrottled(new QueryCommand(query));
    const sent = requests.attempt(command, options);
    const answer = await sent?.catch(() => undefined);
    return answer?.response.statusCode === 200
      ? answer.response.body
      : await sendBySdk(command, options, sent);
  };

  async function sendBySdk(
    command: QueryCommand,
    options: RequestOptions,
    first: Promise<Sent> | undefined,
  ): Promise<Uint8Array> {
    let bytes: Uint8Array | undefined;
    command.middlewareStack.add(
      next => async args => {
        const result = await next(args);
        const answer = result.response as WholeAnswer;
        if (answer.statusCode !== 200) return result;
        bytes = (await whole(answer)).body;
        return { ...result, response: { ...answer, body: emptyAnswer } };
      },
      { step: 'deserialize', priority: 'low', name: 'rawAnswer' },
    );
    requests.handOver(command as JsonCommand, first, options);
    await client.send(command, { abortSignal: options.abortSignal });
    if (bytes === undefined) throw new ExportError('internal', 'DynamoDB answered a query without a body');
    return bytes;
  }
}
