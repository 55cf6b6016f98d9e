import { createAccountIndex } from '../../../lambdas/aws/account-table.ts';
import { createDispatchState } from '../../../lambdas/aws/dispatch-state.ts';
import { createExportQueue } from '../../../lambdas/aws/export-queue.ts';
import { delaySeconds, dispatch, tickOf } from '../../../lambdas/dispatcher/dispatch.ts';
import { createDatabaseClient, type Database, tableNames } from '../services/dynamodb.ts';
import type { Queue } from '../services/queue.ts';
import type { Scenario } from '../truth/scenario.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { runByEvent } from './trigger.ts';

export const tickInterval = 15 * 60_000;

interface DispatcherOptions {
  readonly world: World;
  readonly scenario: Scenario;
  readonly database: Database;
  readonly queue: () => Queue;
  readonly timeZones: readonly string[];
  readonly startProcess: (name: string) => Process;
}

/** EventBridge’s four rules: an event every quarter of an hour, unless a fault prevents it. */
export function startDispatchers({
  world,
  scenario,
  database,
  queue,
  timeZones,
  startProcess,
}: DispatcherOptions): void {
  const chance = world.random('ticks');
  for (let tick = scenario.start; tick < scenario.end; tick += tickInterval) {
    const at = tick + chance.integer(100, 20_000);
    const faulty = tick < scenario.faultsUntil - tickInterval;
    const drawn = faulty ? chance.next() : 1;
    if (drawn < 0.03 && world.enables('missed-tick')) world.inject('missed-tick');
    else if (drawn < 0.06 && world.enables('late-tick')) {
      world.inject('late-tick');
      schedule(tick, at + chance.integer(1, 360) * 60_000);
    } else schedule(tick, at);
    if (drawn > 0.94 && faulty && world.enables('repeated-tick')) {
      world.inject('repeated-tick');
      schedule(tick, at + chance.integer(0, 180) * 60_000);
    }
  }

  function schedule(tick: number, at: number): void {
    const event = { time: new Date(tick).toISOString().replace('.000', '') };
    world.wake(at, () =>
      runByEvent(
        world,
        () => startProcess(`dispatcher ${event.time}`),
        process => run(process, event),
      ),
    );
  }

  async function run(process: Process, event: { time: string }): Promise<void> {
    const client = createDatabaseClient(world, database, process);
    const exportQueue = createExportQueue({ client: queue().client(process), queueUrl: 'queue' });
    Reflect.set(globalThis, 'simulatedNow', process.now);
    const tick = tickOf(event, process.now());
    await dispatch(
      tick,
      {
        ...createAccountIndex({ client, tableName: tableNames.accounts, indexName: 'by-time-zone' }),
        ...createDispatchState({ client, tableName: tableNames.state }),
        send: messages =>
          exportQueue.sendBatch(messages, delaySeconds(tick, scenario.settleSeconds, process.now())),
        pause: milliseconds => process.wait(milliseconds),
      },
      timeZones,
    );
  }
}
