import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type LocalServer, startHttpServer } from './http-server.ts';

/** One operation of a service. */
export type Operation = (input: Readonly<Record<string, unknown>>) => object;

/** An error with a name that the SDK’s client maps to an error class. */
export class ServiceFault extends Error {
  override readonly name = 'ServiceFault';
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/**
 * A server for AWS’s JSON 1.1 protocol: every request is a POST, and its header `X-Amz-Target` ends in the
 * operation’s name. Credentials are not checked.
 */
export function startJsonProtocolServer(
  operations: Readonly<Record<string, Operation>>,
): Promise<LocalServer> {
  return startHttpServer(async (request, response) => {
    const { status, body } = await answer(request, operations);
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': randomUUID(),
    });
    response.end(JSON.stringify(body));
  });
}

async function answer(
  request: IncomingMessage,
  operations: Readonly<Record<string, Operation>>,
): Promise<{ status: number; body: object }> {
  try {
    const [, name = ''] = String(request.headers['x-amz-target']).split('.');
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined)
      throw new ServiceFault('UnknownOperationException', `There is no operation ${name}`);
    return { status: 200, body: operation(parseInput(await text(request))) };
  } catch (thrown) {
    if (thrown instanceof ServiceFault)
      return { status: 400, body: { __type: thrown.type, message: thrown.message } };
    return { status: 500, body: { __type: 'InternalServiceError', message: String(thrown) } };
  }
}

function parseInput(json: string): Readonly<Record<string, unknown>> {
  const input: unknown = json === '' ? {} : JSON.parse(json);
  if (typeof input === 'object' && input !== null) return { ...input };
  throw new ServiceFault('SerializationException', 'Expected a JSON object');
}

/** @throws ServiceFault `ValidationException` if the input lacks the text */
export function requiredText(input: Readonly<Record<string, unknown>>, name: string): string {
  const value = input[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new ServiceFault('ValidationException', `${name}: expected text`);
}
