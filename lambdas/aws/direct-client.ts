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
 * The client with all commands sent by `createDirectRequests`. What they answer is what the service's JSON says: times
 * are numbers, and there is no `$metadata`. A write carries its own token, if it is to have one.
 *
 * @param isDone whether a successful answer says that all is done; otherwise it is the SDK's first attempt, too
 */
export function sendingDirectly<Client extends JsonClient>(
  client: Client & { send: unknown },
  isDone: (output: object) => boolean = () => true,
): Client {
  const requests = createDirectRequests(client);
  const sendBySdk = (client.send as Send).bind(client);
  const send: Send = async (command, options = {}) => {
    const sent = requests.attempt(command, options);
    const answer = await sent?.catch(() => undefined);
    const output = answer && outputOf(answer.response);
    if (output !== undefined && isDone(output)) return output;
    requests.handOver(command, sent, options);
    return await sendBySdk(command, options);
  };
  return Object.assign(client, { send });
}

/** What a successful answer says, if that can be read here. */
function outputOf({ statusCode, body }: WholeAnswer): object | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString();
  if (statusCode !== 200 || binaryValue.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
