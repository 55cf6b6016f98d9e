import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createAccountScan } from '../aws/account-table.ts';
import { clientOptions } from '../aws/client-options.ts';
import { createCursorReader } from '../aws/cursor-reader.ts';
import { createSightings } from '../aws/sightings.ts';
import { createInstruments, createSurveyTelemetry } from '../aws/telemetry.ts';
import { readWatchdogEnvironment } from '../environment.ts';
import { overdueFirstFiles } from './first-file.ts';
import { survey, type WatchdogPorts } from './survey.ts';

/** A file may take this long after its window has settled before its account counts as behind. */
const lateness = 2 * 3_600_000;

const environment = readWatchdogEnvironment(process.env);
const client = new DynamoDBClient(clientOptions);
const telemetry = createSurveyTelemetry(createInstruments(environment.stage));
const sightings = createSightings({ client, tableName: environment.dispatchStateTable });
const ports: WatchdogPorts = {
  ...createAccountScan({ client, tableName: environment.accountsTable }),
  ...createCursorReader({ client, tableName: environment.ledgerTable }),
};

export async function handler(): Promise<void> {
  const now = Date.now();
  const grace = environment.settleSeconds * 1000 + lateness;
  const found = await survey(now, grace, ports);
  try {
    const neverExported = await overdueFirstFiles(found.neverExported, now, grace, sightings);
    telemetry.surveyed({ ...found, neverExported });
  } catch (thrown) {
    // What the survey found must be told even when the memory fails; better one alarm too many.
    telemetry.surveyed(found);
    throw thrown;
  }
}
