import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Origin {
  readonly protocol: 'http:' | 'https:';
  readonly hostname: string;
  readonly port: number;
}

/** In milliseconds. */
export interface RawTimeouts {
  /** Until the connection is open, including TLS. */
  readonly connect: number;
  /** From the request to the last byte of the answer. */
  readonly answer: number;
}

export interface RawAnswer {
  readonly statusCode: number;
  /** The names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request that waits for its answer. */
interface Exchange {
  readonly memory: (length: number) => Buffer;
  readonly succeed: (answer: RawAnswer) => void;
  readonly fail: (failure: Error) => void;
  /** Set once the head has arrived; the body may still be incomplete. */
  answer?: RawAnswer;
  /** The memory of the body and one more byte. A byte received there means that the body is longer than stated. */
  bodyMemory?: Buffer;
}

export interface RawConnection {
  /**
   * Sends a request and receives its answer. Must not be called again before the promise is settled.
   *
   * @param memory returns a buffer of the given length, which holds the answer's body and one more byte
   * @throws Error with the system's code if the connection breaks, or named `TimeoutError` or `AbortError`;
   *   `UnfamiliarAnswerError`
   */
  exchange(
    request: Buffer,
    memory: (length: number) => Buffer,
    signal: AbortSignal | undefined,
  ): Promise<RawAnswer>;
  /** False once the connection is closed or the server has asked to close it. */
  usable(): boolean;
  close(): void;
}

/**
 * The answer has a form that this client does not read, for example no `content-length`. It may still be valid HTTP.
 */
export class UnfamiliarAnswerError extends Error {
  override readonly name = 'UnfamiliarAnswerError';
}

/** DynamoDB's heads are a few hundred bytes long. */
const longestHead = 16 * 1024;
const endOfHead = Buffer.from('\r\n\r\n');

/**
 * A connection that reads each answer's body from the socket directly into memory that the caller provides.
 *
 * Node's HTTP client copies every 64 KB twice. Collecting this garbage takes more processor time than the rest of an
 * export (docs/maintainer/performance.md).
 */
export function openRawConnection(origin: Origin, timeouts: RawTimeouts): RawConnection {
  const head = Buffer.allocUnsafeSlow(longestHead);
  let headLength = 0;
  let bodyLength = 0;
  let current: Exchange | undefined;
  let keep = true;
  const socket = connect(origin, {
    // Node calls this after each read to learn where the next bytes go. With an empty buffer it would loop forever.
    buffer() {
      if (!current) return head;
      return current.bodyMemory?.subarray(bodyLength) ?? head.subarray(headLength);
    },
    callback(count) {
      received(count);
      return true;
    },
  });
  const connecting = setTimeout(
    () => socket.destroy(timeoutError(`No connection to ${origin.hostname} within ${timeouts.connect} ms`)),
    timeouts.connect,
  );
  socket.once(origin.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
  socket.on('error', failure => current?.fail(failure));
  socket.on('close', () => {
    clearTimeout(connecting);
    current?.fail(
      Object.assign(new Error(`${origin.hostname} closed the connection`), { code: 'ECONNRESET' }),
    );
  });

  return {
    exchange: (request, memory, signal) =>
      new Promise((resolve, reject) => {
        socket.ref();
        const timeout = setTimeout(
          () => fail(timeoutError(`No answer of ${origin.hostname} within ${timeouts.answer} ms`)),
          timeouts.answer,
        );
        const abort = () => fail(Object.assign(new Error('The request was aborted'), { name: 'AbortError' }));
        const settle = () => {
          clearTimeout(timeout);
          signal?.removeEventListener('abort', abort);
          current = undefined;
        };
        const fail = (failure: Error) => {
          settle();
          reject(failure);
          socket.destroy();
        };
        const succeed = (answer: RawAnswer) => {
          settle();
          headLength = 0;
          bodyLength = 0;
          // An idle connection must not keep the process alive.
          socket.unref();
          if (!keep) socket.destroy();
          resolve(answer);
        };
        current = { memory, succeed, fail };
        if (signal?.aborted) return abort();
        signal?.addEventListener('abort', abort, { once: true });
        socket.write(request);
      }),
    usable: () => keep && !socket.destroyed && socket.writable,
    close: () => socket.destroy(),
  };

  function received(count: number): void {
    if (!current) {
      socket.destroy();
      return;
    }
    try {
      if (current.answer) bodyLength += count;
      else {
        headLength += count;
        current.answer = readHead(current);
      }
      const stated = current.answer?.body.length ?? Number.POSITIVE_INFINITY;
      if (bodyLength > stated) throw new UnfamiliarAnswerError(`The body is longer than ${stated}`);
      if (current.answer && bodyLength === stated) current.succeed(current.answer);
    } catch (thrown) {
      current?.fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  /** The answer, with the part of its body received so far; `undefined` if the head is incomplete. */
  function readHead(exchange: Exchange): RawAnswer | undefined {
    const end = head.subarray(0, headLength).indexOf(endOfHead);
    if (end === -1 && headLength === longestHead) throw new UnfamiliarAnswerError('The head is too long');
    if (end === -1) return undefined;
    const { statusCode, headers } = parseHead(head.toString('latin1', 0, end));
    keep &&= headers.connection?.toLowerCase() !== 'close';
    const { 'content-length': digits = '', 'transfer-encoding': encoding } = headers;
    // A transfer encoding overrides the length (RFC 9112, 6.3).
    const length = encoding === undefined && /^\d{1,9}$/.test(digits) ? Number(digits) : -1;
    const start = end + endOfHead.length;
    if (headLength - start > length) throw new UnfamiliarAnswerError(`The body's length is ${digits}`);
    exchange.bodyMemory = exchange.memory(length + 1);
    bodyLength = head.copy(exchange.bodyMemory, 0, start, headLength);
    return { statusCode, headers, body: exchange.bodyMemory.subarray(0, length) };
  }
}

function parseHead(text: string): Pick<RawAnswer, 'statusCode' | 'headers'> {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const [, status] = /^HTTP\/1\.1 ([2-5]\d\d)(?: |$)/.exec(statusLine) ?? [];
  if (status === undefined)
    throw new UnfamiliarAnswerError(`The answer begins with ${statusLine.slice(0, 40)}`);
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1) throw new UnfamiliarAnswerError('A header has no name');
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return { statusCode: Number(status), headers };
}

interface OnRead {
  readonly buffer: () => Uint8Array;
  readonly callback: (count: number, read: Uint8Array) => boolean;
}

function connect({ protocol, hostname, port }: Origin, onread: OnRead): Socket {
  const options = { host: hostname, port, noDelay: true, keepAlive: true };
  return protocol === 'http:'
    ? connectTcp({ ...options, onread })
    : // Node hands `onread` to the socket below TLS, but the types of `tls.connect` lack the option.
      connectTls(Object.assign({ ...options, servername: isIP(hostname) ? '' : hostname }, { onread }));
}

function timeoutError(message: string): Error {
  return Object.assign(new Error(message), { name: 'TimeoutError' });
}
