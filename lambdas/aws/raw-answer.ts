import { crc32 } from 'node:zlib';
import type { QueryCommand } from '@aws-sdk/client-dynamodb';
import { ExportError } from '../domain/failure.ts';
import { receiveInto } from './raw-http-handler.ts';

interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array> | Uint8Array;
}

const emptyAnswer = new TextEncoder().encode('{}');

/**
 * Sends a query and answers with the bytes of DynamoDB's answer, checked against its checksum. Signing, retries and
 * errors stay the SDK's; only the reading of a successful answer is left out, which costs more than everything else.
 *
 * @param memory gives so many bytes to hold the answer
 */
export async function withRawAnswer(
  command: QueryCommand,
  send: () => Promise<unknown>,
  memory: (length: number) => Buffer,
): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  command.middlewareStack.add(
    next => async args => {
      receiveInto(args.request as object, memory);
      const result = await next(args);
      const answer = result.response as HttpAnswer;
      if (answer.statusCode !== 200) return result;
      bytes = await collect(answer);
      verify(bytes, answer.headers['x-amz-crc32']);
      answer.body = emptyAnswer;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'rawAnswer' },
  );
  await send();
  if (bytes === undefined) throw new ExportError('internal', 'DynamoDB answered a query without a body');
  return bytes;
}

async function collect({ body }: HttpAnswer): Promise<Uint8Array> {
  return body instanceof Uint8Array ? body : Buffer.concat(await Array.fromAsync(body));
}

function verify(bytes: Uint8Array, checksum: string | undefined): void {
  if (checksum === undefined || Number(checksum) === crc32(bytes)) return;
  throw damaged("DynamoDB's answer does not match its checksum");
}

/** An error that makes the SDK send the query again. */
function damaged(message: string): Error {
  return Object.assign(new Error(message), { $retryable: {} });
}
