import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ScheduledEvent } from 'aws-lambda';
import { createAccountIndex } from '../aws/account-table.ts';
import { clientOptions } from '../aws/client-options.ts';
import { createDispatchState } from '../aws/dispatch-state.ts';
import { createMessageBatches } from '../aws/message-batches.ts';
import { connectToSqs } from '../aws/sqs-connection.ts';
import { createDispatchTelemetry, createInstruments } from '../aws/telemetry.ts';
import { readDispatcherEnvironment } from '../environment.ts';
import { batchesInFlight, type DispatcherPorts, delaySeconds, dispatch, tickOf } from './dispatch.ts';

const environment = readDispatcherEnvironment(process.env);
const dynamodb = new DynamoDBClient(clientOptions);
const { exportQueueUrl: queueUrl } = environment;
const post = connectToSqs({
  queueUrl,
  region: dynamodb.config.region,
  credential: dynamodb.config.credentials,
  now: Date.now,
  connections: batchesInFlight,
});
const queue = createMessageBatches({ post, queueUrl });
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

/** One tick of an hourly trigger. */
export async function handler(event: ScheduledEvent): Promise<void> {
  const tick = tickOf(event, Date.now());
  const send: DispatcherPorts['send'] = messages =>
    queue.sendBatch(messages, delaySeconds(tick, environment.settleSeconds, Date.now()));
  telemetry.dispatched(tick, await dispatch(tick, { ...ports, send }));
}
