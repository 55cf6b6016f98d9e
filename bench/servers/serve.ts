import { startEventsServer } from '../../local/servers/events-server.ts';
import { startSecretsServer } from '../../local/servers/secrets-server.ts';
import { startAccountsServer } from '../dispatch/accounts-server.ts';
import type { Population } from '../dispatch/population.ts';
import { type Received, startQueueServer } from '../dispatch/queue-server.ts';
import { type DynamodbOptions, startDynamodb } from './dynamodb.ts';
import { type Delivered, startS3 } from './s3.ts';

/** Which server a process runs, and with which options. */
export type ServerRole =
  | ({ readonly kind: 'dynamodb' } & DynamodbOptions)
  | { readonly kind: 's3'; readonly key: string; readonly cert: string }
  | { readonly kind: 'services' }
  | ({ readonly kind: 'accounts'; readonly latencyMs: number } & Population)
  | { readonly kind: 'queue'; readonly latencyMs: number; readonly accounts: number };

export interface ServerAnswers {
  readonly endpoints: Readonly<Record<string, string>>;
  readonly delivered: Delivered;
  readonly calls: Readonly<Record<string, number>>;
  readonly received: Received;
}

type Answers = { readonly [Name in keyof ServerAnswers]: () => unknown };

/** Serves until the parent process ends. The parent asks questions by sending a name of `ServerAnswers`. */
async function serve(role: ServerRole): Promise<void> {
  const answers = await start(role);
  process.on('message', async (question: keyof ServerAnswers) => {
    const answer = answers[question];
    if (!answer) throw new Error(`The server ${role.kind} has no answer to ${question}`);
    process.send?.(await answer());
  });
  process.on('disconnect', () => process.exit());
}

async function start(role: ServerRole): Promise<Partial<Answers>> {
  if (role.kind === 'dynamodb') {
    const { endpoint, calls } = await startDynamodb(role);
    return { endpoints: () => ({ dynamodb: endpoint }), calls: () => calls };
  }
  if (role.kind === 's3') {
    const { endpoint, take, calls } = await startS3(role);
    return { endpoints: () => ({ s3: endpoint }), delivered: take, calls: () => calls };
  }
  if (role.kind === 'accounts') {
    const { endpoint, calls } = await startAccountsServer(role);
    return { endpoints: () => ({ dynamodb: endpoint }), calls: () => calls };
  }
  if (role.kind === 'queue') {
    const { endpoint, calls, received } = await startQueueServer(role);
    return { endpoints: () => ({ sqs: endpoint }), calls: () => calls, received };
  }
  const [secrets, events] = await Promise.all([startSecretsServer(), startEventsServer()]);
  const endpoints = { secrets: secrets.endpoint, events: events.endpoint };
  return {
    endpoints: () => endpoints,
    calls: () => ({ PutEvents: events.events.length }),
  };
}

process.once('message', serve);
