import type { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { crc32 } from 'node:zlib';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { receiveInto } from './raw-http-handler.ts';
import { createSigner, type SigningKey } from './signature.ts';

type HttpRequest = Parameters<NodeHttpHandler['handle']>[0];

/** A client of the SDK for a service that speaks JSON over HTTP. */
export interface JsonClient {
  readonly config: {
    credentials(): Promise<SigningKey>;
    readonly systemClockOffset: number;
    readonly requestHandler: {
      handle(request: HttpRequest, options?: object): Promise<{ response: object }>;
    };
    /** Keeps count of how much may be tried again. */
    retryStrategy(): Promise<RetryStrategy | object>;
  };
}
interface RetryStrategy {
  acquireInitialRetryToken(scope: string): Promise<unknown>;
  recordSuccess(token: unknown): void;
}

/** A command of the SDK. */
export interface JsonCommand {
  readonly input: object;
  readonly middlewareStack: {
    add(
      middleware: (next: Next) => (args: { request: unknown }) => Promise<Sent>,
      options: { step: 'deserialize'; priority: 'low'; name: string; override: true },
    ): void;
  };
}
type Next = (args: never) => Promise<Sent>;

export interface RequestOptions {
  readonly abortSignal?: AbortSignal | undefined;
  /** Gives so many bytes to hold the answer, where the client receives into memory. */
  readonly memory?: ((length: number) => Buffer) | undefined;
}

/** As the SDK's handlers answer. */
interface Sent {
  readonly response: unknown;
}

export interface WholeAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** How the SDK sends one kind of command. */
interface Model {
  /** Without headers and body. */
  readonly request: HttpRequest;
  readonly host: string;
  readonly named: { readonly 'content-type': string; readonly 'x-amz-target': string };
  readonly userAgent: string;
  /** What every input of the kind has. */
  readonly keys: readonly string[];
  readonly sign: ReturnType<typeof createSigner>;
}

/**
 * Sends a client's commands without the SDK's own way, which costs several times what the request itself does.
 *
 * The SDK sends the first command of each kind, and shows where and how they go. The next are made after its model and
 * signed here. One that does not succeed counts as the SDK's first attempt, so that retries, their pauses and errors
 * are the SDK's.
 */
export function createDirectRequests({ config }: JsonClient) {
  const models = new Map<string, Model>();
  let counted: { readonly strategy: RetryStrategy | object; readonly token: unknown } | undefined;

  /**
   * @param read what a successful answer comes to; `undefined` leaves it to the SDK
   * @param sendBySdk sends the command by the client
   */
  return async <Output>(
    command: JsonCommand,
    options: RequestOptions,
    read: (answer: WholeAnswer) => Output | undefined,
    sendBySdk: () => Promise<Output>,
  ): Promise<Output> => {
    const request = await requestLike(models.get(kindOf(command)), command);
    let first: Promise<{ response: WholeAnswer }> | undefined;
    if (request) {
      first = transmit(request, options);
      const answer = await first.then(
        ({ response }) => response,
        () => undefined,
      );
      const output = answer?.statusCode === 200 ? read(answer) : undefined;
      if (output !== undefined) {
        await countSuccess();
        return output;
      }
      // Nothing was done then, and the SDK sets its clock right only by a request that it has signed itself.
      if (answer && isRefusedSignature(answer)) first = undefined;
    }
    handOver(command, first, options);
    return await sendBySdk();
  };

  /** The request of a command, signed; `undefined` if it cannot be made here. */
  async function requestLike(
    model: Model | undefined,
    { input }: JsonCommand,
  ): Promise<HttpRequest | undefined> {
    if (!model || !isPlain(input) || !model.keys.every(key => Reflect.get(input, key) !== undefined))
      return undefined;
    const { host, named, userAgent } = model;
    const body = JSON.stringify(input);
    const credentials = await config.credentials().catch(() => undefined);
    if (!credentials) return undefined;
    const now = Date.now() + config.systemClockOffset;
    const headers = {
      ...model.sign({ host, headers: named, body }, credentials, now),
      'user-agent': userAgent,
      'content-length': String(Buffer.byteLength(body)),
    };
    return Object.assign(model.request.clone(), { headers, body });
  }

  async function transmit(
    request: HttpRequest,
    { abortSignal, memory }: RequestOptions,
  ): Promise<{ response: WholeAnswer }> {
    if (memory) receiveInto(request, memory);
    const { response } = await config.requestHandler.handle(request, { abortSignal });
    return { response: await whole(response as Answer) };
  }

  /** Pays back what retries have cost, as each success of the SDK's own does; in the end nothing would be tried again. */
  async function countSuccess(): Promise<void> {
    const strategy = await config.retryStrategy();
    if (!('recordSuccess' in strategy)) return;
    if (counted?.strategy !== strategy)
      counted = { strategy, token: await strategy.acquireInitialRetryToken('') };
    strategy.recordSuccess(counted.token);
  }

  /** Makes a command ready for the SDK, which is to take `first` for the outcome of its first attempt. */
  function handOver(
    command: JsonCommand,
    first: Promise<Sent> | undefined,
    { memory }: RequestOptions,
  ): void {
    let earlier = first;
    command.middlewareStack.add(
      next => async args => {
        const request = args.request as HttpRequest;
        const model = modelOf(request, command);
        if (model) models.set(kindOf(command), model);
        if (memory) receiveInto(request, memory);
        const sent = earlier ?? next(args as never);
        earlier = undefined;
        return await sent;
      },
      { step: 'deserialize', priority: 'low', name: 'directRequests', override: true },
    );
  }
}

/** Commands of one kind go to the same place: a table of another AWS account has another host. */
function kindOf(command: JsonCommand): string {
  const { input } = command;
  return `${command.constructor.name} ${'TableName' in input ? input.TableName : ''}`;
}

/** Whether a command's input is its JSON as it stands: bytes and dates are not. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}

function isRefusedSignature({ body }: WholeAnswer): boolean {
  return /"[^"]*(?:Signature|Expired|Skewed)[^"]*"/.test(Buffer.from(body).toString('latin1'));
}

type Answer = Omit<WholeAnswer, 'body'> & { readonly body: Readable | Uint8Array };

/**
 * The answer with all of its body.
 * @throws an error that makes the SDK send the request again, if the body does not match its checksum
 */
export async function whole({ statusCode, headers, body }: Answer): Promise<WholeAnswer> {
  const bytes = body instanceof Uint8Array ? body : await collected(body);
  const checksum = headers['x-amz-crc32'];
  if (checksum !== undefined && Number(checksum) !== crc32(bytes))
    throw Object.assign(new Error('The answer does not match its checksum'), { $retryable: {} });
  return { statusCode, headers, body: bytes };
}

/** With events, since Node's iterators cost as much as all else about a small answer. */
function collected(body: Readable): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    body.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    body.once('end', () => resolve(Buffer.concat(chunks)));
    body.on('error', reject);
  });
}

/** Of a request that the SDK has signed; `undefined` unless its body is the command's input and no more. */
function modelOf(request: HttpRequest, { input }: JsonCommand): Model | undefined {
  const { headers, path, query, body } = request;
  const { host, authorization = '', 'content-type': type, 'x-amz-target': target } = headers;
  const [, region, service] =
    /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(authorization) ?? [];
  if (path !== '/' || Object.keys(query ?? {}).length > 0) return undefined;
  if (!host || !type || !target || !region || !service || !isJsonOf(input, body)) return undefined;
  return {
    request: Object.assign(request.clone(), { headers: {}, body: undefined }),
    host,
    named: { 'content-type': type, 'x-amz-target': target },
    userAgent: headers['user-agent'] ?? '',
    keys: Object.entries(input).flatMap(([key, value]) => (value === undefined ? [] : [key])),
    sign: createSigner({ service, region }),
  };
}

/** Otherwise the SDK has added something, such as a token, or writes something in another way, such as a date. */
function isJsonOf(input: object, body: unknown): boolean {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body);
  try {
    return isDeepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify(input)));
  } catch {
    return false;
  }
}
