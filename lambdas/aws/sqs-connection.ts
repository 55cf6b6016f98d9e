import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Instant } from '../domain/instant.ts';
import { clientOptions } from './client-options.ts';
import type { PostToSqs } from './message-batches.ts';
import { createSigner, type SigningKey } from './signature.ts';

export interface SqsConnectionOptions {
  /** Its host is where requests go. */
  readonly queueUrl: string;
  region(): Promise<string>;
  /** The function's own credential, which changes while it lives. */
  credential(): Promise<SigningKey>;
  now(): Instant;
  /** Requests at once; each has a connection, which is used again. */
  readonly connections: number;
  /** In milliseconds: until a connection stands, its encryption included, and without a byte on it. */
  readonly timeouts?: { readonly connectionTimeout: number; readonly requestTimeout: number };
}

/**
 * Requests to SQS by bare HTTP, signed here. Nothing is tried again: whoever sends knows what a repetition means.
 *
 * @throws SqsError if SQS refuses, and what the connection throws
 */
export function connectToSqs({
  queueUrl,
  region,
  credential,
  now,
  connections,
  timeouts: { connectionTimeout, requestTimeout: timeout } = clientOptions.requestHandler,
}: SqsConnectionOptions): PostToSqs {
  const { protocol, hostname, port, host } = new URL(queueUrl);
  const secure = protocol === 'https:';
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: connections, timeout });
  const begin = secure ? httpsRequest : httpRequest;
  let signer: ReturnType<typeof createSigner> | undefined;

  return async (operation, body) => {
    signer ??= createSigner({ service: 'sqs', region: await region() });
    const named = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` };
    const headers = {
      ...signer({ host, headers: named, body }, await credential(), now()),
      'content-length': String(Buffer.byteLength(body)),
    };
    const request = begin({ hostname, port, agent, method: 'POST', headers });
    request.once('socket', socket => {
      if (!socket.connecting) return;
      const late = () =>
        request.destroy(new Error(`No connection to ${host} within ${connectionTimeout} ms`));
      const connecting = setTimeout(late, connectionTimeout);
      for (const event of [secure ? 'secureConnect' : 'connect', 'close'])
        socket.once(event, () => clearTimeout(connecting));
    });
    const { status, text } = await answerTo(request, body).catch(thrown => {
      // What was lost while the function was frozen is noticed with the next request only. All at once, or each would
      // cost a batch one of its attempts.
      if (request.reusedSocket)
        for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
      throw thrown;
    });
    if (status !== 200) throw new SqsError(status, text);
    return JSON.parse(text);
  };
}

/** SQS refused a request. Of its answer only the code is told: the rest may repeat the request, session token and all. */
export class SqsError extends Error {
  override readonly name = 'SqsError';
  readonly code = 'sqs_refused';
  readonly retryable = true;

  constructor(status: number | undefined, answer: string) {
    const [, code = ''] = /"__type":"(?:[^"#]*#)?(\w+)"/.exec(answer) ?? [];
    super(`SQS answered ${status} ${code}`.trimEnd());
  }
}

function answerTo(
  request: ClientRequest,
  body: string,
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error('SQS did not answer in time')));
    request.on('response', response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.end(body);
  });
}
