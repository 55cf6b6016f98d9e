import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** An answer in the connection's own buffer: the next request overwrites it. */
export interface BareAnswer {
  readonly status: number;
  /** From the status line to the empty line. */
  readonly head: string;
  readonly body: Buffer;
}

const endOfHead = '\r\n\r\n';

/**
 * The cheapest possible HTTP client, for the benchmarks' `limit` variants: it writes a request unchanged and reads the
 * answer from the socket into a buffer that it reuses. It carries one request at a time and understands only answers
 * with a `content-length`.
 */
export class BareConnection {
  readonly #socket: Socket;
  readonly #memory: Buffer;
  readonly #ready: Promise<unknown>;
  #filled = 0;
  #answer: { readonly head: string; readonly start: number; readonly end: number } | undefined;
  #waiting: { resolve(answer: BareAnswer): void; reject(failure: Error): void } | undefined;

  /** @param memoryBytes room for the longest answer, its head included */
  constructor(endpoint: string, memoryBytes: number) {
    const { protocol, hostname, port } = new URL(endpoint);
    this.#memory = Buffer.allocUnsafeSlow(memoryBytes);
    const onread = {
      buffer: () => this.#memory.subarray(this.#filled),
      callback: (count: number) => {
        this.#received(count);
        return true;
      },
    };
    const options = { host: hostname, port: Number(port), noDelay: true, onread };
    // Node hands `onread` to the socket below TLS, but the types of `tls.connect` lack the option.
    const isTls = protocol === 'https:';
    this.#socket = isTls ? connectTls(Object.assign(options, { servername: hostname })) : connectTcp(options);
    this.#ready = once(this.#socket, isTls ? 'secureConnect' : 'connect');
    this.#socket.on('error', failure => this.#waiting?.reject(failure));
    this.#socket.on('close', () => this.#waiting?.reject(new Error(`${endpoint} closed the connection`)));
  }

  /** Sends a whole request, or the last piece of one, and receives the answer. */
  async ask(request: string | Buffer): Promise<BareAnswer> {
    await this.#ready;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  /** Sends a piece of a request, and waits until the socket's buffer is drained if it is full. */
  async send(piece: string | Uint8Array): Promise<void> {
    await this.#ready;
    if (!this.#socket.write(piece)) await once(this.#socket, 'drain');
  }

  close(): void {
    this.#socket.destroy();
  }

  #received(count: number): void {
    this.#filled += count;
    this.#answer ??= this.#readHead();
    if (this.#answer === undefined || this.#filled < this.#answer.end) {
      // Node would loop forever on an empty buffer.
      if (this.#filled === this.#memory.length)
        this.#socket.destroy(new Error('An answer is longer than expected'));
      return;
    }
    const { head, start, end } = this.#answer;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#answer = undefined;
    // Must be reset before this callback returns: Node then asks at once for the buffer of the next answer.
    this.#filled = 0;
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body: this.#memory.subarray(start, end) });
  }

  #readHead() {
    const length = this.#memory.subarray(0, this.#filled).indexOf(endOfHead);
    if (length === -1) return undefined;
    const head = this.#memory.toString('latin1', 0, length);
    const start = length + endOfHead.length;
    return { head, start, end: start + Number(headerOf(head, 'content-length')) };
  }
}

/**
 * @param name in lower case, as the loopback servers write it
 * @throws Error if the header is missing
 */
export function headerOf(head: string, name: string): string {
  const [, value] = head.split(`\r\n${name}: `);
  if (value === undefined) throw new Error(`An answer has no ${name}: ${head}`);
  return value.split('\r\n', 1)[0] ?? '';
}

/** An unsigned request in the JSON protocol of the AWS services. */
export function jsonRequest(endpoint: string, target: string, body: string, headers = ''): string {
  const { host, pathname } = new URL(endpoint);
  return (
    `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/x-amz-json-1.0\r\n` +
    `x-amz-target: ${target}\r\n${headers}content-length: ${Buffer.byteLength(body)}${endOfHead}${body}`
  );
}
