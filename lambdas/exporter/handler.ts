import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSEvent } from 'aws-lambda';
import { deflateOnThreadPool } from '../archive/deflate.ts';
import { createAccountReader } from '../aws/account-reader.ts';
import { createAuditLog } from '../aws/audit-log.ts';
import { clientOptions, timeouts } from '../aws/client-options.ts';
import { createEventBus } from '../aws/event-bus.ts';
import { createExportEvents } from '../aws/export-events.ts';
import { functionHandler } from '../aws/function-handler.ts';
import { KeptConnections } from '../aws/kept-connections.ts';
import { createLedger } from '../aws/ledger.ts';
import { RawHttpHandler } from '../aws/raw-http-handler.ts';
import { createSecretStore } from '../aws/secret-store.ts';
import { createSilences } from '../aws/silences.ts';
import { createExportTelemetry, createInstruments } from '../aws/telemetry.ts';
import { openBucket } from '../buckets/open-bucket.ts';
import { compressionLevel } from '../domain/recipe.ts';
import { readExporterEnvironment, readRegion } from '../environment.ts';
import { createBuckets } from './buckets.ts';
import { createBatchExporter } from './export-batch.ts';
import type { ExportSettings } from './export-settings.ts';
import type { ExporterPorts } from './ports.ts';
import { createQueueOnDemand } from './queue-on-demand.ts';

const environment = readExporterEnvironment(process.env);
const { ledgerTable, accountsTable, dispatchStateTable, auditLog, endpoints } = environment;
const connections = new KeptConnections();
const options = clientOptions(connections);
const dynamodb = new DynamoDBClient(options);
const queue = createQueueOnDemand(async () => {
  const { openExportQueue } = await import('../aws/export-queue.ts');
  return openExportQueue(environment.exportQueueUrl, options);
});
const telemetry = createExportTelemetry(createInstruments(environment.stage));
const secrets = createSecretStore({
  client: new SecretsManagerClient(options),
  prefix: environment.secretPrefix,
});
const ports: Omit<ExporterPorts, 'buckets'> = {
  accounts: createAccountReader({ client: dynamodb, accountsTable, ledgerTable, dispatchStateTable }),
  ledger: createLedger({ client: dynamodb, tableName: ledgerTable }),
  auditLog: createAuditLog({
    client: new DynamoDBClient({
      ...options,
      requestHandler: new RawHttpHandler(
        connections,
        { connect: timeouts.connectionTimeout, answer: timeouts.requestTimeout },
        telemetry.rawReadFellBack,
      ),
      ...(auditLog.region !== undefined && { region: auditLog.region }),
    }),
    source: auditLog,
  }),
  silences: createSilences(dynamodb, dispatchStateTable),
  queue,
  events: createExportEvents(
    createEventBus({ client: new EventBridgeClient(options), busName: environment.eventBusName }),
  ),
  telemetry,
  clock: { now: Date.now, token: randomUUID },
  deflateBlock: deflateOnThreadPool,
  async ocsfEncoder(accountId) {
    const { openOcsfEncoder } = await import('./deployed-ocsf.ts');
    return openOcsfEncoder(accountId, environment.ocsf);
  },
};
const exporter = { region: readRegion(process.env) };
const settings: ExportSettings = {
  settle: environment.settleSeconds * 1000,
  recountAfter: environment.recountAfterSeconds && environment.recountAfterSeconds * 1000,
  limits: {
    partBytes: environment.partBytes,
    level: compressionLevel,
    mapping: environment.ocsf.mapping,
  },
  writerVersion: environment.writerVersion,
};

const exportBatch = createBatchExporter({
  ports,
  settings,
  createBuckets: () => createBuckets({ secrets, open: openBucket, endpoints, exporter }),
  retryAfter: queue.retryAfter,
  timer(run, milliseconds) {
    const timeout = setTimeout(run, milliseconds);
    return () => clearTimeout(timeout);
  },
});

export const handler = functionHandler(connections, async (event: SQSEvent, context) => {
  const response = await exportBatch(event.Records, () => context.getRemainingTimeInMillis());
  telemetry.flush();
  return response;
});
