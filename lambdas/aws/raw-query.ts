import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { ExportError } from '../domain/failure.ts';
import { receiveInto } from './raw-http-handler.ts';
import { notRetriedWhenThrottled } from './throttling.ts';

export interface RawQueryOptions {
  readonly abortSignal: AbortSignal;
  /** Returns a buffer of the given length for the answer. Used only if the client has a `RawHttpHandler`. */
  readonly memory: (length: number) => Buffer;
}

/** The answer of the SDK's HTTP handler. The body is a stream unless it was received into memory. */
interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable | Uint8Array;
}

const emptyAnswer = new TextEncoder().encode('{}');

/**
 * Sends queries and returns the bytes of DynamoDB's answers, after checking their checksums. The SDK does not parse a
 * successful answer: that would take more processor time than the rest of an export.
 *
 * @throws whatever the client throws
 */
export function createRawQuery(client: DynamoDBClient) {
  return async (query: QueryCommandInput, { abortSignal, memory }: RawQueryOptions): Promise<Uint8Array> => {
    const command = notRetriedWhenThrottled(new QueryCommand(query));
    let bytes: Uint8Array | undefined;
    command.middlewareStack.add(
      next => async args => {
        receiveInto(args.request as object, memory);
        const result = await next(args);
        const answer = result.response as Answer;
        if (answer.statusCode !== 200) return result;
        bytes = await checkedBody(answer);
        return { ...result, response: { ...answer, body: emptyAnswer } };
      },
      // The lowest priority runs closest to the HTTP handler, so the SDK's parser sees only the empty answer.
      { step: 'deserialize', priority: 'low', name: 'rawAnswer' },
    );
    await client.send(command, { abortSignal });
    if (bytes === undefined) throw new ExportError('internal', 'DynamoDB answered a query without a body');
    return bytes;
  };
}

/** @throws Error that makes the SDK retry the request if the body does not match its checksum */
async function checkedBody({ headers, body }: Answer): Promise<Uint8Array> {
  const bytes = body instanceof Uint8Array ? body : Buffer.concat(await body.toArray());
  const checksum = headers['x-amz-crc32'];
  if (checksum !== undefined && Number(checksum) !== crc32(bytes))
    throw Object.assign(new Error('The answer does not match its checksum'), { $retryable: {} });
  return bytes;
}
