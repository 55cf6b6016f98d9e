import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createAccountScan } from '../aws/account-table.ts';
import { createCursorReader } from '../aws/cursor-reader.ts';
import { createInstruments, createSurveyTelemetry } from '../aws/telemetry.ts';
import { readWatchdogEnvironment } from '../environment.ts';
import { survey, type WatchdogPorts } from './survey.ts';

/** A file may take this long after its window has settled before its account counts as behind. */
const grace = 2 * 3_600_000;

const environment = readWatchdogEnvironment(process.env);
const client = new DynamoDBClient({});
const telemetry = createSurveyTelemetry(createInstruments(environment.stage));
const ports: WatchdogPorts = {
  ...createAccountScan({ client, tableName: environment.accountsTable }),
  ...createCursorReader({ client, tableName: environment.ledgerTable }),
};

export async function handler(): Promise<void> {
  telemetry.surveyed(await survey(Date.now(), environment.settleSeconds * 1000 + grace, ports));
}
