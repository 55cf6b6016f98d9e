import { crc32 } from 'node:zlib';
import type { QueryCommand } from '@aws-sdk/client-dynamodb';
import { ExportError } from '../domain/failure.ts';

interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array> | Uint8Array;
}

const emptyAnswer = new TextEncoder().encode('{}');

/**
 * Sends a query and answers with the bytes of DynamoDB's answer, checked against its checksum. Signing, retries and
 * errors stay the SDK's; only the reading of a successful answer is left out, which costs more than everything else.
 */
export async function withRawAnswer(
  command: QueryCommand,
  send: () => Promise<unknown>,
): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  command.middlewareStack.add(
    next => async args => {
      const result = await next(args);
      const answer = result.response as HttpAnswer;
      if (answer.statusCode !== 200) return result;
      bytes = await collect(answer.body);
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

async function collect(body: HttpAnswer['body']): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function verify(bytes: Uint8Array, checksum: string | undefined): void {
  if (checksum === undefined || Number(checksum) === crc32(bytes)) return;
  throw Object.assign(new Error("DynamoDB's answer does not match its checksum"), { $retryable: {} });
}
