import { createAccountScan } from '../../../lambdas/aws/account-table.ts';
import { createCursorReader } from '../../../lambdas/aws/cursor-reader.ts';
import type { Survey } from '../../../lambdas/domain/survey.ts';
import { survey } from '../../../lambdas/watchdog/survey.ts';
import type { Round } from '../oracle/survey-watch.ts';
import { createDatabaseClient, type Database, tableNames } from '../services/dynamodb.ts';
import { hour, type Scenario } from '../truth/scenario.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { runByEvent } from './trigger.ts';

interface WatchdogOptions {
  readonly world: World;
  readonly scenario: Scenario;
  readonly database: Database;
  /** In milliseconds. */
  readonly settle: number;
  readonly startProcess: (name: string) => Process;
  readonly onSurvey: (found: Survey, round: Round) => void;
}

/** The watchdog, 40 minutes past every hour. */
export function startWatchdogs({
  world,
  scenario,
  database,
  settle,
  startProcess,
  onSurvey,
}: WatchdogOptions): void {
  for (let at = scenario.start + 40 * 60_000; at < scenario.end; at += hour)
    world.wake(at, () => runByEvent(world, () => startProcess('watchdog'), run));

  async function run(process: Process): Promise<void> {
    const client = createDatabaseClient(world, database, process);
    const now = process.now();
    const begun = world.now();
    const found = await survey(now, settle, {
      ...createAccountScan({ client, tableName: tableNames.accounts }),
      ...createCursorReader({
        client,
        tableName: tableNames.ledger,
        pause: milliseconds => process.wait(milliseconds),
      }),
    });
    onSurvey(found, { now, begun, overlookedLeases: process.met('overlooked-lease') });
  }
}
