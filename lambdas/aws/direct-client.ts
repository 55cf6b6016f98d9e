import {
  createDirectRequests,
  type JsonClient,
  type JsonCommand,
  type WholeAnswer,
} from './direct-requests.ts';

type Send = (command: JsonCommand, options?: { abortSignal?: AbortSignal }) => Promise<object>;

/** Values that JSON has only as text, while the SDK gives bytes. */
const binaryValue = /"(?:B|BS|SecretBinary)":/;

/**
 * Makes a client send by `createDirectRequests`, and gives it back. What its commands answer is what the service's JSON
 * says: times are numbers, and there is no `$metadata`. A write carries its own token, if it is to have one.
 *
 * @param isDone whether a successful answer says that all is done; otherwise it is the SDK's first attempt, too
 */
export function sendingDirectly<Client extends JsonClient>(
  client: Client & { send: unknown },
  isDone: (output: object) => boolean = () => true,
): Client {
  const sendDirectly = createDirectRequests(client);
  const sendBySdk = (client.send as Send).bind(client);
  const read = (answer: WholeAnswer) => {
    const output = outputOf(answer);
    return output && isDone(output) ? output : undefined;
  };
  const send: Send = (command, options = {}) =>
    sendDirectly(command, options, read, () => sendBySdk(command, options));
  return Object.assign(client, { send });
}

/** What a successful answer says, if that can be read here. */
function outputOf({ body }: WholeAnswer): object | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString();
  if (binaryValue.test(text)) return undefined;
  try {
    const output: unknown = JSON.parse(text);
    return typeof output === 'object' && output !== null ? output : undefined;
  } catch {
    return undefined;
  }
}
