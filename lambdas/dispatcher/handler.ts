import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ScheduledEvent } from 'aws-lambda';
import { createAccountIndex } from '../aws/account-table.ts';
import { clientOptions } from '../aws/client-options.ts';
import { createDispatchState } from '../aws/dispatch-state.ts';
import { openExportQueue } from '../aws/export-queue.ts';
import { functionHandler } from '../aws/function-handler.ts';
import { KeptConnections } from '../aws/kept-connections.ts';
import { createDispatchTelemetry, createInstruments } from '../aws/telemetry.ts';
import { readDispatcherEnvironment } from '../environment.ts';
import { type DispatcherPorts, delaySeconds, dispatch, tickOf } from './dispatch.ts';

const environment = readDispatcherEnvironment(process.env);
const connections = new KeptConnections();
const options = clientOptions(connections);
const dynamodb = new DynamoDBClient(options);
const queue = openExportQueue(environment.exportQueueUrl, {
  ...options,
  // `dispatch` retries by itself.
  maxAttempts: 1,
  // Comparing the checksums of SQS costs processor time. TLS already ensures that a message arrives unchanged.
  md5: false,
});
const telemetry = createDispatchTelemetry(createInstruments(environment.stage));
const ports: Omit<DispatcherPorts, 'send'> = {
  ...createAccountIndex({
    client: dynamodb,
    tableName: environment.accountsTable,
    indexName: environment.timeZoneIndex,
  }),
  ...createDispatchState({ client: dynamodb, tableName: environment.dispatchStateTable }),
  pause,
};

/** Runs one tick. */
export const handler = functionHandler(connections, async (event: ScheduledEvent) => {
  const tick = tickOf(event, Date.now());
  const send: DispatcherPorts['send'] = messages =>
    queue.sendBatch(messages, delaySeconds(tick, environment.settleSeconds, Date.now()));
  telemetry.dispatched(tick, await dispatch(tick, { ...ports, send }));
});
