import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { startHttpServer } from '../../local/servers/http-server.ts';
import { accountNumberOf } from './population.ts';

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

/** The number of messages, the number of different accounts in them, and the highest account number. */
export interface Received {
  readonly messages: number;
  readonly accounts: number;
  readonly highest: number;
}

/** A stand-in for SQS that only accepts batches. It answers after a delay, with the checksums of the messages. */
export async function startQueueServer({ accounts, latencyMs }: { accounts: number; latencyMs: number }) {
  const seen = new Uint8Array(accounts);
  const calls: Record<string, number> = {};
  let received: Received = { messages: 0, accounts: 0, highest: -1 };
  const { endpoint, close } = await startHttpServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    calls[operation] = (calls[operation] ?? 0) + 1;
    const { Entries }: { Entries: Entry[] } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    if (latencyMs > 0) await pause(latencyMs);
    const answer = JSON.stringify({ Successful: Entries.map(accept), Failed: [] });
    response.writeHead(200, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(answer),
    });
    response.end(answer);
  });
  return { endpoint, calls, received: () => received, close };

  function accept({ Id, MessageBody }: Entry) {
    const number = accountNumberOf(JSON.parse(MessageBody).accountId);
    received = {
      messages: received.messages + 1,
      accounts: received.accounts + (seen[number] === 0 ? 1 : 0),
      highest: Math.max(received.highest, number),
    };
    seen[number] = 1;
    const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
    return { Id, MessageId: '5fea7756-0ea4-451a-a703-a558b933e274', MD5OfMessageBody };
  }
}
