import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** An answer as it lies in the connection's memory: valid until the next request. */
export interface BareAnswer {
  readonly status: number;
  /** From the status line to the empty line. */
  readonly head: string;
  readonly body: Buffer;
}

const endOfHead = '\r\n\r\n';

/**
 * HTTP as cheap as it can be, for the limits of the benchmarks: a request is written as it is, and an answer is read from
 * the socket straight into memory that is used again. One request at a time; only answers that tell their length.
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
    // Node passes `onread` on to the socket under TLS; its types do not know.
    const isTls = protocol === 'https:';
    this.#socket = isTls ? connectTls(Object.assign(options, { servername: hostname })) : connectTcp(options);
    this.#ready = once(this.#socket, isTls ? 'secureConnect' : 'connect');
    this.#socket.on('error', failure => this.#waiting?.reject(failure));
    this.#socket.on('close', () => this.#waiting?.reject(new Error(`${endpoint} closed the connection`)));
  }

  /** Sends a whole request, or what is left of one, and receives the answer. */
  async ask(request: string | Buffer): Promise<BareAnswer> {
    await this.#ready;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  /** Sends a piece of a request, and waits while the socket takes no more. */
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
      // Node loops without end if it is given no room.
      if (this.#filled === this.#memory.length)
        this.#socket.destroy(new Error('An answer is longer than expected'));
      return;
    }
    const { head, start, end } = this.#answer;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#answer = undefined;
    // Before Node asks where the next bytes go, which it does now and not when they come.
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

/** The value of a header that has to be there; its name in lower case, as the loopback servers write it. */
export function headerOf(head: string, name: string): string {
  const [, value] = head.split(`\r\n${name}: `);
  if (value === undefined) throw new Error(`An answer has no ${name}: ${head}`);
  return value.split('\r\n', 1)[0] ?? '';
}

/** A request as JSON to one of AWS's services, unsigned. */
export function jsonRequest(endpoint: string, target: string, body: string, headers = ''): string {
  const { host, pathname } = new URL(endpoint);
  return (
    `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/x-amz-json-1.0\r\n` +
    `x-amz-target: ${target}\r\n${headers}content-length: ${Buffer.byteLength(body)}${endOfHead}${body}`
  );
}
