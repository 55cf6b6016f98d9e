import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { deflateSynchronously } from '../../../lambdas/archive/deflate.ts';
import { createOcsfEncoder } from '../../../lambdas/archive/ocsf/ocsf-encoder.ts';
import { createAccountReader } from '../../../lambdas/aws/account-reader.ts';
import { createAuditLog } from '../../../lambdas/aws/audit-log.ts';
import { createEventBus } from '../../../lambdas/aws/event-bus.ts';
import { createExportEvents } from '../../../lambdas/aws/export-events.ts';
import { createExportQueue } from '../../../lambdas/aws/export-queue.ts';
import { createLedger } from '../../../lambdas/aws/ledger.ts';
import { createSecretStore } from '../../../lambdas/aws/secret-store.ts';
import { createSilences } from '../../../lambdas/aws/silences.ts';
import type { Bucket } from '../../../lambdas/buckets/bucket.ts';
import type { Destination } from '../../../lambdas/domain/account.ts';
import type { RecipeSettings } from '../../../lambdas/domain/recipe.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';
import type { Window } from '../../../lambdas/domain/window.ts';
import { createBuckets } from '../../../lambdas/exporter/buckets.ts';
import { createBatchExporter } from '../../../lambdas/exporter/export-batch.ts';
import type { AuditLog } from '../../../lambdas/exporter/ports.ts';
import { createInvocation, type Invocation } from '../oracle/invocation.ts';
import { createDatabaseClient, type Database, tableNames } from '../services/dynamodb.ts';
import type { Queue, QueuedMessage } from '../services/queue.ts';
import { createSecretsClient, secretPrefix } from '../services/secrets.ts';
import { mapping } from '../truth/mapping.ts';
import { auditLogSource } from '../truth/rows.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

/** The stack’s setting. */
const functionTimeout = 15 * 60_000;

/** The parameters for opening an account’s bucket. */
export interface Opening {
  readonly accountId: string;
  readonly destination: Destination;
  readonly credential: Credential | undefined;
  readonly silenceMs: number;
}

interface FleetOptions {
  readonly world: World;
  readonly database: Database;
  readonly queue: () => Queue;
  readonly openBucket: (process: Process, opening: Opening) => Bucket;
  /** Called when an exporter begins to read an account’s rows. */
  readonly onRead: (process: Process, accountId: string, window: Window) => void;
  /** Called when an exporter counts a window again. */
  readonly onCount: (process: Process, accountId: string) => void;
  readonly secrets: ReadonlyMap<string, string>;
  /** The account that a secret belongs to. */
  readonly ownerOf: (secretId: string) => string;
  readonly eventClient: (process: Process) => EventBridgeClient;
  readonly settleSeconds: number;
  readonly recountAfter?: number | undefined;
  readonly limits: () => RecipeSettings;
  readonly startProcess: (name: string) => Process;
  readonly invocations: Map<Process, Invocation>;
  readonly messagesPerInvocation: number;
  /** Maximum number of concurrent invocations; by default one per message. */
  readonly slots?: number;
  readonly onFailed: (invocation: Invocation, message: QueuedMessage) => void;
  readonly onDone: (invocation: Invocation, message: QueuedMessage) => void;
}

/** Lambda: polls the queue and runs the exporter. */
export function createExporterFleet(options: FleetOptions) {
  const { world, messagesPerInvocation, slots = Number.POSITIVE_INFINITY } = options;
  const running = new Map<string, number>();
  let waiting: QueuedMessage[] = [];
  let started = 0;
  let busy = 0;

  return {
    receive(message: QueuedMessage) {
      waiting.push(message);
      if (waiting.length >= messagesPerInvocation) return invokeWaiting();
      if (waiting.length === 1) world.wake(world.now() + 500, invokeWaiting);
    },
  };

  function invokeWaiting(): void {
    while (busy < slots && waiting.length > 0) {
      const messages = [...new Set(waiting.slice(0, messagesPerInvocation))];
      waiting = waiting.slice(messagesPerInvocation);
      invoke(messages);
    }
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
    busy++;
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
    const receives = messages.map(({ excused }) => excused.push(true) - 1);
    exporterOf(
      options,
      process,
      invocation,
    )(received, () => until - world.now()).then(
      ({ batchItemFailures }) => {
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        for (const [index, message] of messages.entries()) {
          if (failed.has(message.id)) options.onFailed(invocation, message);
          else {
            // A message that was completed but is put back needs a reason: troubles of this process.
            message.excused[receives[index] ?? 0] = process.troubles() > 0;
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
      busy--;
      if (waiting.length > 0) world.wake(world.now(), invokeWaiting);
    }
  }

  function count({ content }: QueuedMessage, change: number): void {
    if (!content) return;
    const now = (running.get(content.accountId) ?? 0) + change;
    running.set(content.accountId, now);
    if (now > 1 && change > 0 && world.enables('concurrent-exporters')) world.inject('concurrent-exporters');
  }
}

/** The exporter’s own code on one machine. */
function exporterOf(options: FleetOptions, process: Process, invocation: Invocation) {
  const { world, database, queue, secrets, eventClient, settleSeconds, recountAfter, limits } = options;
  const dynamodb = createDatabaseClient(world, database, process);
  const exportQueue = createExportQueue({ client: queue().client(process), queueUrl: 'queue' });
  const secretStore = createSecretStore({
    client: createSecretsClient(secrets, process, (secretId, code) =>
      invocation.refusals.push({
        accountId: options.ownerOf(secretId),
        code,
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
      accounts: createAccountReader({
        client: dynamodb,
        accountsTable: tableNames.accounts,
        ledgerTable: tableNames.ledger,
        dispatchStateTable: tableNames.state,
        pause: process.wait,
      }),
      ledger: createLedger({ client: dynamodb, tableName: tableNames.ledger }),
      auditLog: noticed(
        createAuditLog({ client: dynamodb, source: auditLogSource, pause: process.wait }),
        (...read) => options.onRead(process, ...read),
        accountId => options.onCount(process, accountId),
      ),
      silences: createSilences(dynamodb, tableNames.state),
      queue: exportQueue,
      events: createExportEvents(createEventBus({ client: eventClient(process), busName: 'bus' })),
      telemetry: {
        lacking: () => undefined,
        delivered: () => undefined,
        failed: (accountId, failure) => note({ accountId }, `${failure.code} ${String(failure.cause ?? '')}`),
        stopped: () => undefined,
        recordedLate: () => undefined,
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
      ocsfEncoder: async accountId => createOcsfEncoder(accountId, mapping),
    },
    settings: {
      settle: settleSeconds * 1000,
      recountAfter,
      limits: limits(),
      writerVersion: 'simulated',
    },
    createBuckets: () =>
      createBuckets({
        secrets: secretStore,
        endpoints: {},
        exporter: { region: 'eu-central-1' },
        async open({ sessionName, silenceMs = 30_000, ...opening }) {
          const accountId = Buffer.from(sessionName, 'base64url').toString('utf8');
          return options.openBucket(process, { ...opening, accountId, silenceMs });
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

/** The audit log; calls back when it is read. */
function noticed(
  auditLog: AuditLog,
  onRead: (accountId: string, window: Window) => void,
  onCount: (accountId: string) => void,
): AuditLog {
  return {
    async *pages(accountId, window, ...rest) {
      onRead(accountId, window);
      yield* auditLog.pages(accountId, window, ...rest);
    },
    count(accountId, ...rest) {
      onCount(accountId);
      return auditLog.count(accountId, ...rest);
    },
  };
}
