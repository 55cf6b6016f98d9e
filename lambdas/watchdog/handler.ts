import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createAccountScan } from '../aws/account-table.ts';
import { clientOptions } from '../aws/client-options.ts';
import { createCursorReader } from '../aws/cursor-reader.ts';
import { functionHandler } from '../aws/function-handler.ts';
import { KeptConnections } from '../aws/kept-connections.ts';
import { createRowSample } from '../aws/row-sample.ts';
import { createSightings } from '../aws/sightings.ts';
import { createInstruments, createSurveyTelemetry } from '../aws/telemetry.ts';
import { readWatchdogEnvironment } from '../environment.ts';
import type { WatchdogPorts } from './ports.ts';
import { watch } from './watch.ts';

const environment = readWatchdogEnvironment(process.env);
const connections = new KeptConnections();
const options = clientOptions(connections);
const client = new DynamoDBClient(options);
const telemetry = createSurveyTelemetry(createInstruments(environment.stage));
const { auditLog } = environment;
const { region } = auditLog;
const rows = createRowSample({
  client: region === undefined ? client : new DynamoDBClient({ ...options, region }),
  source: auditLog,
});
const keys = { type: auditLog.sortKeyType, newestKey: rows.newestKey };
const sightings = createSightings({ client, tableName: environment.dispatchStateTable });
const ports: WatchdogPorts = {
  ...createAccountScan({ client, tableName: environment.accountsTable }),
  ...createCursorReader({ client, tableName: environment.ledgerTable }),
};

export const handler = functionHandler(connections, async () => {
  const settle = environment.settleSeconds * 1000;
  await watch({ now: Date.now(), settle, ports, sightings, keys, telemetry });
});
