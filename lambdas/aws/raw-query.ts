import { crc32 } from 'node:zlib';
import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { ExportError } from '../domain/failure.ts';
import { receiveInto } from './raw-http-handler.ts';
import { createSigner } from './signature.ts';
import { notRetriedWhenThrottled } from './throttling.ts';

type Handle = DynamoDBClient['config']['requestHandler']['handle'];
type HttpRequest = Parameters<Handle>[0];
interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array> | Uint8Array;
}
interface Sent {
  readonly response: unknown;
}

export interface QueryOptions {
  /** Gives so many bytes to hold an answer. */
  readonly memory: (length: number) => Buffer;
  readonly abortSignal: AbortSignal;
}

/** What the requests of a client have in common. */
interface Model {
  readonly request: HttpRequest;
  readonly host: string;
  readonly sign: ReturnType<typeof createSigner>;
}

const contentType = 'application/x-amz-json-1.0';
const emptyAnswer = new TextEncoder().encode('{}');

/**
 * Sends queries and answers with the bytes of DynamoDB's answers, checked against their checksums.
 *
 * The SDK sends the first, which shows where and how the client's requests go. The next are made after its model and
 * signed here, for a twentieth of what the SDK's own way costs. One that does not succeed counts as the SDK's first
 * attempt, so that retries, their pauses and errors are the SDK's, always.
 *
 * @throws what the client throws
 */
export function createRawQuery(client: DynamoDBClient) {
  const { config } = client;
  let model: Model | undefined;

  return async (query: QueryCommandInput, options: QueryOptions): Promise<Uint8Array> => {
    const sent = model && sendLike(model, query, options);
    return (await sent?.then(successOf).catch(() => undefined)) ?? (await sendBySdk(query, options, sent));
  };

  async function sendLike(
    { request, host, sign }: Model,
    query: QueryCommandInput,
    options: QueryOptions,
  ): Promise<Sent> {
    const body = JSON.stringify(query);
    const named = { 'content-type': contentType, 'x-amz-target': 'DynamoDB_20120810.Query' };
    const signed = sign(
      { host, headers: named, body },
      await config.credentials(),
      Date.now() + config.systemClockOffset,
    );
    const headers = {
      ...signed,
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': request.headers['user-agent'] ?? '',
    };
    return send(Object.assign(request.clone(), { headers, body }), options);
  }

  function send(request: HttpRequest, { memory, abortSignal }: QueryOptions): Promise<Sent> {
    receiveInto(request, memory);
    return config.requestHandler.handle(request, { abortSignal });
  }

  /** @param first what the SDK is to take for its first attempt */
  async function sendBySdk(
    query: QueryCommandInput,
    options: QueryOptions,
    first: Promise<Sent> | undefined,
  ): Promise<Uint8Array> {
    let earlier = first;
    let bytes: Uint8Array | undefined;
    const command = notRetriedWhenThrottled(new QueryCommand(query));
    command.middlewareStack.add(
      next => async args => {
        const request = args.request as HttpRequest;
        model = modelOf(request);
        receiveInto(request, options.memory);
        const sent = earlier ?? next(args);
        earlier = undefined;
        const result = await sent;
        const answer = result.response as HttpAnswer;
        if (answer.statusCode === 200) {
          bytes = await collect(answer);
          if (!matchesChecksum(bytes, answer)) throw damaged("DynamoDB's answer does not match its checksum");
          answer.body = emptyAnswer;
        }
        return result as Awaited<ReturnType<typeof next>>;
      },
      { step: 'deserialize', priority: 'low', name: 'rawAnswer' },
    );
    await client.send(command, { abortSignal: options.abortSignal });
    if (bytes === undefined) throw new ExportError('internal', 'DynamoDB answered a query without a body');
    return bytes;
  }
}

/** Of a request that the SDK has signed; `undefined` if there is more to it than can be made after it. */
function modelOf(request: HttpRequest): Model | undefined {
  const { host, authorization = '' } = request.headers;
  const [, region, service] =
    /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(authorization) ?? [];
  const isToRoot = request.path === '/' && Object.keys(request.query ?? {}).length === 0;
  if (!isToRoot || host === undefined || region === undefined || service === undefined) return undefined;
  return { request, host, sign: createSigner({ service, region }) };
}

/** The answer's bytes; `undefined` if it is no success, or damaged. */
async function successOf({ response }: Sent): Promise<Uint8Array | undefined> {
  const answer = response as HttpAnswer;
  if (answer.statusCode !== 200) return undefined;
  const bytes = await collect(answer);
  return matchesChecksum(bytes, answer) ? bytes : undefined;
}

async function collect({ body }: HttpAnswer): Promise<Uint8Array> {
  return body instanceof Uint8Array ? body : Buffer.concat(await Array.fromAsync(body));
}

function matchesChecksum(bytes: Uint8Array, { headers }: HttpAnswer): boolean {
  const checksum = headers['x-amz-crc32'];
  return checksum === undefined || Number(checksum) === crc32(bytes);
}

/** An error that makes the SDK send the query again. */
function damaged(message: string): Error {
  return Object.assign(new Error(message), { $retryable: {} });
}
