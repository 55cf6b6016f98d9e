import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { deflateSynchronously } from '../../../lambdas/archive/deflate.ts';
import { createAccountReader } from '../../../lambdas/aws/account-table.ts';
import { createAuditLog } from '../../../lambdas/aws/audit-log.ts';
import { createExportEvents } from '../../../lambdas/aws/export-events.ts';
import { createExportQueue } from '../../../lambdas/aws/export-queue.ts';
import { createLedger } from '../../../lambdas/aws/ledger.ts';
import { createSecretStore } from '../../../lambdas/aws/secret-store.ts';
import type { PartLimits } from '../../../lambdas/domain/recipe.ts';
import { createBuckets } from '../../../lambdas/exporter/buckets.ts';
import { createBatchExporter } from '../../../lambdas/exporter/export-batch.ts';
import { createInvocation, type Invocation } from '../oracle/invocation.ts';
import { type Cloud, createSimulatedBucket } from '../services/cloud.ts';
import { createDatabaseClient, type Database, tableNames } from '../services/dynamodb.ts';
import type { Queue, QueuedMessage } from '../services/queue.ts';
import { createSecretsClient, secretPrefix } from '../services/secrets.ts';
import { auditLogSource } from '../truth/rows.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

/** As the stack sets it. */
const functionTimeout = 15 * 60_000;

interface FleetOptions {
  readonly world: World;
  readonly database: Database;
  readonly queue: () => Queue;
  readonly cloud: Cloud;
  readonly secrets: ReadonlyMap<string, string>;
  /** The account that a secret belongs to. */
  readonly ownerOf: (secretId: string) => string;
  readonly eventClient: (process: Process) => EventBridgeClient;
  readonly settleSeconds: number;
  readonly limits: () => PartLimits;
  readonly startProcess: (name: string) => Process;
  readonly invocations: Map<Process, Invocation>;
  readonly messagesPerInvocation: number;
  readonly onFailed: (invocation: Invocation, message: QueuedMessage) => void;
  readonly onDone: (invocation: Invocation, message: QueuedMessage) => void;
}

/** Lambda, as it polls the queue and runs the exporter. */
export function createExporterFleet(options: FleetOptions) {
  const { world, messagesPerInvocation } = options;
  const running = new Map<string, number>();
  let waiting: QueuedMessage[] = [];
  let started = 0;

  return {
    receive(message: QueuedMessage) {
      waiting.push(message);
      if (waiting.length >= messagesPerInvocation) return invokeWaiting();
      if (waiting.length === 1) world.wake(world.now() + 500, invokeWaiting);
    },
  };

  function invokeWaiting(): void {
    const messages = [...new Set(waiting)];
    waiting = [];
    if (messages.length > 0) invoke(messages);
  }

  function invoke(messages: readonly QueuedMessage[]): void {
    const process = options.startProcess(`exporter-${started++}`);
    const invocation = createInvocation(process, world.now(), messages);
    options.invocations.set(process, invocation);
    world.trace(
      process.name,
      `receives ${messages.map(({ body, receiveCount }) => `${body} (${receiveCount})`)}`,
    );
    for (const message of messages) count(message, 1);
    const until = world.now() + functionTimeout;
    let over = false;
    world.at(until, () => {
      if (!over) process.crash('out of time');
      end();
    });

    const received = messages.map(message => ({
      messageId: message.id,
      receiptHandle: message.id,
      body: message.body,
      attributes: { ApproximateReceiveCount: String(message.receiveCount) },
    }));
    // Whatever it was that the message was handed out for: only its own troubles may excuse the failure.
    const troubledAt = messages.map(message => message.troubled.push(true) - 1);
    exporterOf(
      options,
      process,
      invocation,
    )(received, () => until - world.now()).then(
      ({ batchItemFailures }) => {
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        for (const [index, message] of messages.entries()) {
          message.troubled[troubledAt[index] ?? 0] = process.troubles() > 0;
          if (failed.has(message.id)) options.onFailed(invocation, message);
          else {
            world.trace(process.name, `is done with ${message.body}`);
            options.onDone(invocation, message);
            options.queue().delete(message);
          }
        }
        end();
      },
      thrown => {
        world.violate('handler', `The exporter's handler rejects: ${String(thrown)}`);
        end();
      },
    );

    function end(): void {
      if (over) return;
      over = true;
      for (const message of messages) count(message, -1);
    }
  }

  function count({ content }: QueuedMessage, change: number): void {
    if (!content) return;
    const now = (running.get(content.accountId) ?? 0) + change;
    running.set(content.accountId, now);
    if (now > 1 && change > 0 && world.enables('concurrent-exporters')) world.inject('concurrent-exporters');
  }
}

/** The exporter's own code, on one machine. */
function exporterOf(options: FleetOptions, process: Process, invocation: Invocation) {
  const { world, database, queue, cloud, secrets, eventClient, settleSeconds, limits } = options;
  const dynamodb = createDatabaseClient(world, database, process);
  const exportQueue = createExportQueue({ client: queue().client(process), queueUrl: 'queue' });
  const secretStore = createSecretStore({
    client: createSecretsClient(secrets, process, (secretId, code) =>
      invocation.refusals.push({
        accountId: options.ownerOf(secretId),
        code,
        unclear: false,
        wasStale: false,
      }),
    ),
    prefix: secretPrefix,
  });
  const chance = world.random('tokens');
  const note = (subject: object, message: string) =>
    world.trace(process.name, `notes ${Object.values(subject).join()}: ${message}`);
  return createBatchExporter({
    ports: {
      accounts: createAccountReader({ client: dynamodb, tableName: tableNames.accounts }),
      ledger: createLedger({ client: dynamodb, tableName: tableNames.ledger }),
      auditLog: createAuditLog({ client: dynamodb, source: auditLogSource, pause: process.wait }),
      queue: exportQueue,
      events: createExportEvents({ client: eventClient(process), busName: 'bus' }),
      telemetry: {
        lacking: () => undefined,
        delivered: () => undefined,
        failed: (accountId, failure) => note({ accountId }, `${failure.code} ${String(failure.cause ?? '')}`),
        stopped: () => undefined,
        note,
      },
      clock: {
        now: process.now,
        token() {
          const token = `t${chance.integer(0, 2 ** 40)}`;
          invocation.tokens.add(token);
          return token;
        },
      },
      deflateBlock: deflateSynchronously,
    },
    settings: { settle: settleSeconds * 1000, limits: limits(), writerVersion: 'simulated' },
    createBuckets: () =>
      createBuckets({
        secrets: secretStore,
        endpoints: {},
        async open({ destination, credential, sessionName }) {
          const accountId = Buffer.from(sessionName, 'base64url').toString('utf8');
          return createSimulatedBucket(world, cloud, process, { accountId, destination, credential });
        },
      }),
    retryAfter: exportQueue.retryAfter,
    timer(run, milliseconds) {
      let cancelled = false;
      world.wake(world.now() + milliseconds, () => {
        if (!cancelled && process.alive()) run();
      });
      return () => {
        cancelled = true;
      };
    },
  });
}
