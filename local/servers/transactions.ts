import type { IncomingMessage, Server } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { transactionForm } from './transaction-form.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

const contentType = 'application/x-amz-json-1.0';

const refusalOf = (type: string, message: string, more: object = {}): Answer => ({
  status: 400,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message, ...more }),
});

/**
 * Adds to an emulator of DynamoDB without transactions the only form that the ledger uses: a Put and a conditional
 * Update. They are two calls to the emulator, the conditional one first, and one transaction at a time. Any other
 * transaction is refused.
 */
export function addTransactions(emulator: Server): Server {
  const listeners = emulator.listeners('request');
  const made = new Map<string, string>();
  let last: Promise<unknown> = Promise.resolve();
  emulator.removeAllListeners('request').on('request', (request: IncomingMessage, response) => {
    if (request.headers['x-amz-target'] !== 'DynamoDB_20120810.TransactWriteItems') {
      for (const listener of listeners) listener.call(emulator, request, response);
      return;
    }
    const answered = text(request).then(body => {
      const answer = last.then(() => transact(request, body));
      last = answer.catch(() => undefined);
      return answer;
    });
    answered
      .then(({ status, body }) => response.writeHead(status, { 'content-type': contentType }).end(body))
      .catch(error => response.destroy(error));
  });
  return emulator;

  async function transact(request: IncomingMessage, json: string): Promise<Answer> {
    const { data, error } = transactionForm.safeParse(JSON.parse(json));
    if (error)
      return refusalOf('ValidationException', `The emulator's transactions: ${z.prettifyError(error)}`);
    const { TransactItems: items, ClientRequestToken: token } = data;
    const content = JSON.stringify(items);
    const earlier = made.get(token) ?? '';
    if (earlier === content) return { status: 200, body: '{}' };
    if (earlier !== '')
      return refusalOf('IdempotentParameterMismatchException', 'The token came with another transaction');
    const [{ Put }, { Update }] = items;
    const updated = await ask(request, 'UpdateItem', Update);
    if (updated.body.includes('#ConditionalCheckFailedException')) return cancelled();
    const answer = updated.status === 200 ? await ask(request, 'PutItem', Put) : updated;
    if (answer.status !== 200) return answer;
    made.set(token, content);
    return { status: 200, body: '{}' };
  }
}

function cancelled(): Answer {
  const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
  return refusalOf('TransactionCanceledException', 'Transaction cancelled [None, ConditionalCheckFailed]', {
    CancellationReasons: [{ Code: 'None' }, failed],
  });
}

/** The emulator’s answer to one call, made with the credentials of the transaction. */
async function ask({ headers, socket }: IncomingMessage, operation: string, input: object): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${socket.localPort}`, {
    method: 'POST',
    headers: {
      'content-type': contentType,
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': String(headers['x-amz-date']),
      authorization: String(headers.authorization),
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: await response.text() };
}
