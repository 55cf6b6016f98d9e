import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';

export type HttpRequest = Parameters<NodeHttpHandler['handle']>[0];
export type HttpOptions = Parameters<NodeHttpHandler['handle']>[1];
export type HttpAnswer = Awaited<ReturnType<NodeHttpHandler['handle']>>;

/** In milliseconds. After a longer pause a new connection costs less than the risk of using a dead one. */
const longestWait = 10_000;

/**
 * The idle connections that a function keeps from one invocation to the next, for all its AWS clients.
 *
 * Lambda freezes a function between invocations. Meanwhile connections can die without notice: a request on such a
 * connection is reset or times out. With several dead connections, each retry could use another one until the
 * invocation fails. These rules ensure that a freeze costs at most one failed request:
 *
 * - After a long pause all idle connections are closed.
 * - After a shorter pause only one request at a time tries an idle connection. A second, parallel request closes the
 *   idle ones and opens its own.
 * - The first request that fails closes all idle connections.
 */
export class KeptConnections {
  readonly #clocks: readonly (() => number)[];
  readonly #pools: (() => void)[] = [];
  #used: readonly number[];
  #inFlight = 0;
  #untried = false;

  /**
   * @param clocks in milliseconds. Some clocks stop while a function is frozen, so the one that advanced most counts
   */
  constructor(clocks: readonly (() => number)[] = [Date.now, () => performance.now()]) {
    this.#clocks = clocks;
    this.#used = this.#read();
  }

  /** @param close closes the idle connections of a pool */
  addPool(close: () => void): void {
    this.#pools.push(close);
  }

  /** Must be called at the start of each invocation, because the function may have been frozen before. */
  beginInvocation(): void {
    this.#untried = true;
    const waited = this.#read().map((now, index) => now - (this.#used[index] ?? now));
    if (Math.max(...waited) > longestWait) this.#closeWaiting();
  }

  /** Makes one request, which may use an idle connection. */
  async send<Answer>(request: () => Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> {
    if (this.#untried && this.#inFlight > 0) this.#closeWaiting();
    this.#inFlight++;
    try {
      return await request();
    } catch (thrown) {
      // A request that the caller aborted says nothing about the connections.
      if (!signal?.aborted) this.#closeWaiting();
      throw thrown;
    } finally {
      this.#inFlight--;
      this.#used = this.#read();
    }
  }

  #closeWaiting(): void {
    this.#untried = false;
    for (const close of this.#pools) close();
  }

  #read(): readonly number[] {
    return this.#clocks.map(clock => clock());
  }
}

/** The SDK's HTTP handler with `KeptConnections`. Clients may share it. */
export class KeptHttpHandler extends NodeHttpHandler {
  readonly #connections: KeptConnections;

  constructor(connections: KeptConnections, options: NodeHttpHandlerOptions) {
    // The number of sockets is unlimited: the callers limit their parallel requests.
    const httpAgent = new HttpAgent({ keepAlive: true });
    const httpsAgent = new HttpsAgent({ keepAlive: true });
    super({ ...options, httpAgent, httpsAgent });
    this.#connections = connections;
    connections.addPool(() => {
      for (const { freeSockets } of [httpAgent, httpsAgent])
        for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
    });
  }

  override handle(request: HttpRequest, options?: HttpOptions): Promise<HttpAnswer> {
    const signal = options?.abortSignal as AbortSignal | undefined;
    return this.#connections.send(() => this.send(request, options), signal);
  }

  /** Subclasses override this to send some requests in another way. */
  protected send(request: HttpRequest, options?: HttpOptions): Promise<HttpAnswer> {
    return super.handle(request, options);
  }
}
