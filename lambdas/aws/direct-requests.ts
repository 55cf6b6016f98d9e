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
  };
}

/** A command of the SDK. */
export interface JsonCommand {
  readonly input: object;
  readonly middlewareStack: {
    add(
      middleware: (next: Next) => (args: { request: unknown }) => Promise<Sent>,
      options: { step: 'deserialize'; priority: 'low'; name: string },
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
export interface Sent {
  readonly response: unknown;
}

export interface WholeAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What the requests of one kind of command have in common. */
interface Model {
  readonly request: HttpRequest;
  readonly host: string;
  readonly sign: ReturnType<typeof createSigner>;
}

/**
 * Sends a client's commands without the SDK's own way, which costs several times what the request itself does.
 *
 * The SDK sends the first command of each kind, and shows where and how they go. The next are made after its model and
 * signed here. One that does not succeed counts as the SDK's first attempt, so that retries, their pauses and errors
 * are the SDK's, always.
 */
export function createDirectRequests({ config }: JsonClient) {
  const models = new Map<unknown, Model>();

  return {
    /** The whole answer to a command that is tried once; `undefined` as long as there is no model. */
    attempt(command: JsonCommand, options: RequestOptions): Promise<{ response: WholeAnswer }> | undefined {
      const model = models.get(command.constructor);
      return model && sendLike(model, command, options);
    },

    /** Makes a command ready for the SDK, which is to take `first` for the outcome of its first attempt. */
    handOver(command: JsonCommand, first: Promise<Sent> | undefined, { memory }: RequestOptions): void {
      let earlier = first;
      command.middlewareStack.add(
        next => async args => {
          const request = args.request as HttpRequest;
          const model = modelOf(request, command);
          if (model) models.set(command.constructor, model);
          if (memory) receiveInto(request, memory);
          const sent = earlier ?? next(args as never);
          earlier = undefined;
          return await sent;
        },
        { step: 'deserialize', priority: 'low', name: 'directRequests' },
      );
    },
  };

  async function sendLike(
    { request, host, sign }: Model,
    { input }: JsonCommand,
    { abortSignal, memory }: RequestOptions,
  ): Promise<{ response: WholeAnswer }> {
    const body = JSON.stringify(input);
    const {
      'content-type': type = '',
      'x-amz-target': target = '',
      'user-agent': agent = '',
    } = request.headers;
    const signable = { host, headers: { 'content-type': type, 'x-amz-target': target }, body };
    const signed = sign(signable, await config.credentials(), Date.now() + config.systemClockOffset);
    const headers = { ...signed, 'user-agent': agent, 'content-length': String(Buffer.byteLength(body)) };
    const own = Object.assign(request.clone(), { headers, body });
    if (memory) receiveInto(own, memory);
    const { response } = await config.requestHandler.handle(own, { abortSignal });
    return { response: await whole(response as Answer) };
  }
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

/** Of a request that the SDK has signed; `undefined` if there is more to it than its command's input and a signature. */
function modelOf(request: HttpRequest, { input }: JsonCommand): Model | undefined {
  const { headers, path, query, body } = request;
  const { host, authorization = '' } = headers;
  const [, region, service] =
    /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(authorization) ?? [];
  const isToRoot = path === '/' && Object.keys(query ?? {}).length === 0;
  if (!isToRoot || host === undefined || region === undefined || service === undefined) return undefined;
  // What the SDK adds by itself, such as a token, or writes in another way, such as a date.
  const isInput = isDeepStrictEqual(
    JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)),
    JSON.parse(JSON.stringify(input)),
  );
  return isInput ? { request, host, sign: createSigner({ service, region }) } : undefined;
}
