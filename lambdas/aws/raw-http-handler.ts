import { NodeHttpHandler } from '@smithy/node-http-handler';
import {
  type Origin,
  openRawConnection,
  type RawAnswer,
  type RawConnection,
  type RawTimeouts,
  UnfamiliarAnswerError,
} from './raw-connection.ts';

type Memory = (length: number) => Buffer;
type Request = Parameters<NodeHttpHandler['handle']>[0];
type Options = Parameters<NodeHttpHandler['handle']>[1];
type Answer = Awaited<ReturnType<NodeHttpHandler['handle']>>['response'];

const memories = new WeakMap<object, Memory>();

/** Has the body of the answer to a request received into memory: `memory` gives so many bytes of it. */
export function receiveInto(request: object, memory: Memory): void {
  memories.set(request, memory);
}

/**
 * Sends the requests of an AWS client over connections of its own, with answers in memory that is used again
 * (`receiveInto`). For a client that only reads: whatever is unusual about a request or its answer goes the way of the
 * SDK's own handler, which may send it once more.
 */
export class RawHttpHandler extends NodeHttpHandler {
  readonly #timeouts: RawTimeouts;
  readonly #onFallback: () => void;
  readonly #idle = new Map<string, RawConnection[]>();

  /** @param onFallback told of each request that goes the way of the SDK's own handler */
  constructor(timeouts: RawTimeouts, onFallback: () => void = () => undefined) {
    super({
      connectionTimeout: timeouts.connect,
      requestTimeout: timeouts.answer,
      throwOnRequestTimeout: true,
    });
    this.#timeouts = timeouts;
    this.#onFallback = onFallback;
  }

  override async handle(request: Request, options?: Options): Promise<{ response: Answer }> {
    const origin = originOf(request);
    const bytes = origin && serialized(request);
    if (!bytes) return this.#fallBack(request, options);
    try {
      const memory = memories.get(request) ?? Buffer.alloc;
      const signal = options?.abortSignal as AbortSignal | undefined;
      return { response: (await this.#send(origin, bytes, memory, signal)) as Answer };
    } catch (thrown) {
      if (thrown instanceof UnfamiliarAnswerError) return this.#fallBack(request, options);
      throw thrown;
    }
  }

  #fallBack(request: Request, options: Options): Promise<{ response: Answer }> {
    this.#onFallback();
    return super.handle(request, options);
  }

  override destroy(): void {
    for (const connection of [...this.#idle.values()].flat()) connection.close();
    this.#idle.clear();
    super.destroy();
  }

  async #send(
    origin: Origin,
    request: Buffer,
    memory: Memory,
    signal: AbortSignal | undefined,
  ): Promise<RawAnswer> {
    const name = `${origin.protocol}//${origin.hostname}:${origin.port}`;
    const idle = this.#idle.get(name) ?? [];
    this.#idle.set(name, idle);
    let connection = idle.pop();
    while (connection && !connection.usable()) connection = idle.pop();
    connection ??= openRawConnection(origin, this.#timeouts);
    try {
      const answer = await connection.exchange(request, memory, signal);
      if (connection.usable()) idle.push(connection);
      return answer;
    } catch (thrown) {
      // What was lost while the function was frozen is noticed with the next request only, and each of these would cost
      // the SDK one of its attempts.
      if (!signal?.aborted) for (const other of idle.splice(0)) other.close();
      throw thrown;
    }
  }
}

function originOf({ protocol, hostname: host, port }: Request): Origin | undefined {
  // A URL has brackets around an IPv6 address, a socket has not.
  const hostname = host.replace(/^\[(.*)\]$/, '$1');
  if (protocol === 'https:') return { protocol, hostname, port: port ?? 443 };
  if (protocol === 'http:') return { protocol, hostname, port: port ?? 80 };
  return undefined;
}

/** The request as it goes over the wire; `undefined` if it is not as a client of DynamoDB's writes it. */
function serialized({ method, path, query, headers, body }: Request): Buffer | undefined {
  if (!(typeof body === 'string' || body instanceof Uint8Array)) return undefined;
  if (Object.keys(query ?? {}).length > 0) return undefined;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${path} HTTP/1.1`, ...lines];
  if (head.some(line => /[\r\n]/.test(line))) return undefined;
  return Buffer.concat([
    Buffer.from(`${head.join('\r\n')}\r\n\r\n`),
    typeof body === 'string' ? Buffer.from(body) : body,
  ]);
}
