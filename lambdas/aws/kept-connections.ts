import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';

export type HttpRequest = Parameters<NodeHttpHandler['handle']>[0];
export type HttpOptions = Parameters<NodeHttpHandler['handle']>[1];
export type HttpAnswer = Awaited<ReturnType<NodeHttpHandler['handle']>>;

/** In milliseconds. A connection that waited longer is cheaper opened anew than found lost. */
const longestWait = 10_000;

/**
 * The connections that a function keeps from one invocation to the next: those of all its clients for AWS.
 *
 * Between two invocations a function is frozen, and connections may be lost without a word. Only a request shows it: the
 * connection is reset, or nothing comes and the request times out. If each request took another lost one, a retry would
 * meet the next, and the invocation would fail. So a freeze costs at most one request, however many connections wait:
 * - after a long freeze none is used again;
 * - after any other, requests try waiting connections one at a time. A second request beside the first opens its own;
 * - the first request that fails closes all that wait.
 */
export class KeptConnections {
  readonly #clocks: readonly (() => number)[];
  readonly #pools: (() => void)[] = [];
  #used: readonly number[];
  #inFlight = 0;
  #untried = false;

  /** @param clocks in milliseconds: some clocks stand still while a function is frozen, and the furthest one counts */
  constructor(clocks: readonly (() => number)[] = [Date.now, () => performance.now()]) {
    this.#clocks = clocks;
    this.#used = this.#read();
  }

  /** @param close closes the connections of a pool that wait for a request */
  addPool(close: () => void): void {
    this.#pools.push(close);
  }

  /** To be called as each invocation begins: the function may have been frozen until now. */
  beginInvocation(): void {
    this.#untried = true;
    const waited = this.#read().map((now, index) => now - (this.#used[index] ?? now));
    if (Math.max(...waited) > longestWait) this.#closeWaiting();
  }

  /** Makes one request, which may use a waiting connection. */
  async send<Answer>(request: () => Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> {
    if (this.#untried && this.#inFlight > 0) this.#closeWaiting();
    this.#inFlight++;
    try {
      return await request();
    } catch (thrown) {
      // A request that its caller stopped says nothing about the connection.
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

/** The SDK's handler over connections that are kept. Clients may share it. */
export class KeptHttpHandler extends NodeHttpHandler {
  readonly #connections: KeptConnections;

  constructor(connections: KeptConnections, options: NodeHttpHandlerOptions) {
    // How many requests there are at once is for the callers to limit.
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

  /** Makes one request in the SDK's way. */
  protected send(request: HttpRequest, options?: HttpOptions): Promise<HttpAnswer> {
    return super.handle(request, options);
  }
}
