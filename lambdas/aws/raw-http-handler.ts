import {
  type HttpAnswer,
  type HttpOptions,
  type HttpRequest,
  type KeptConnections,
  KeptHttpHandler,
} from './kept-connections.ts';
import {
  type Origin,
  openRawConnection,
  type RawAnswer,
  type RawConnection,
  type RawTimeouts,
  UnfamiliarAnswerError,
} from './raw-connection.ts';

type Memory = (length: number) => Buffer;

const memories = new WeakMap<object, Memory>();

/** Makes `RawHttpHandler` receive the body of the answer into memory: `memory` returns a buffer of the given length. */
export function receiveInto(request: object, memory: Memory): void {
  memories.set(request, memory);
}

/**
 * Sends the requests of an AWS client over its own connections and receives answers into reused memory (`receiveInto`).
 * If a request or its answer is unusual, the SDK's own handler takes over and may send the request a second time. So it
 * is only for clients that write nothing.
 */
export class RawHttpHandler extends KeptHttpHandler {
  readonly #timeouts: RawTimeouts;
  readonly #onFallback: () => void;
  readonly #waiting = new Map<string, RawConnection[]>();

  /** @param onFallback is called for each request that the SDK's own handler takes over */
  constructor(connections: KeptConnections, timeouts: RawTimeouts, onFallback: () => void = () => undefined) {
    super(connections, {
      connectionTimeout: timeouts.connect,
      requestTimeout: timeouts.answer,
      throwOnRequestTimeout: true,
    });
    this.#timeouts = timeouts;
    this.#onFallback = onFallback;
    connections.addPool(() => this.#closeWaiting());
  }

  override destroy(): void {
    this.#closeWaiting();
    super.destroy();
  }

  protected override async send(request: HttpRequest, options?: HttpOptions): Promise<HttpAnswer> {
    const origin = originOf(request);
    const bytes = origin && serialized(request);
    if (!bytes) return this.#fallBack(request, options);
    try {
      const memory = memories.get(request) ?? Buffer.alloc;
      const signal = options?.abortSignal as AbortSignal | undefined;
      const response = await this.#exchange(origin, bytes, memory, signal);
      return { response: response as HttpAnswer['response'] };
    } catch (thrown) {
      if (thrown instanceof UnfamiliarAnswerError) return this.#fallBack(request, options);
      throw thrown;
    }
  }

  #fallBack(request: HttpRequest, options: HttpOptions): Promise<HttpAnswer> {
    this.#onFallback();
    return super.send(request, options);
  }

  async #exchange(
    origin: Origin,
    request: Buffer,
    memory: Memory,
    signal: AbortSignal | undefined,
  ): Promise<RawAnswer> {
    const name = `${origin.protocol}//${origin.hostname}:${origin.port}`;
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.set(name, waiting);
    let connection = waiting.pop();
    while (connection && !connection.usable()) connection = waiting.pop();
    connection ??= openRawConnection(origin, this.#timeouts);
    const answer = await connection.exchange(request, memory, signal);
    if (connection.usable()) waiting.push(connection);
    return answer;
  }

  #closeWaiting(): void {
    for (const waiting of this.#waiting.values())
      for (const connection of waiting.splice(0)) connection.close();
  }
}

function originOf({ protocol, hostname: host, port }: HttpRequest): Origin | undefined {
  // A URL has brackets around an IPv6 address; a socket needs the address without them.
  const hostname = host.replace(/^\[(.*)\]$/, '$1');
  if (protocol === 'https:') return { protocol, hostname, port: port ?? 443 };
  if (protocol === 'http:') return { protocol, hostname, port: port ?? 80 };
  return undefined;
}

/** The bytes of the request; `undefined` if it differs from what a DynamoDB client usually sends. */
function serialized({ method, path, query, headers, body }: HttpRequest): Buffer | undefined {
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
