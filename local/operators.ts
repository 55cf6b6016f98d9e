import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createDispatchState } from '../lambdas/aws/dispatch-state.ts';
import { type Instant, toIso } from '../lambdas/domain/instant.ts';
import { clockAhead } from './clock.ts';
import type { LocalCloud } from './local-cloud.ts';
import { emptyQueue, type Pipeline, runTicks, scheduledEvent } from './run-ticks.ts';
import { startHttpServer } from './servers/http-server.ts';
import { stateOf, writeState } from './state.ts';

const hour = 3_600_000;
const tickInterval = 15 * 60_000;
/** More than a month of ticks at once is probably a typing error. */
const furthest = 32 * 24 * hour;

/**
 * Makes a local mode that keeps running usable for the command line: writes the state file `local.json` and the
 * customers’ credentials, and accepts requests to send ticks and to process the queue.
 */
export async function openForOperators(cloud: LocalCloud, folder: string) {
  const { aws, clouds, resources, dispatcher, exporter, watchdog } = cloud;
  const pipeline: Pipeline = {
    dispatcher,
    exporter,
    sqs: aws.sqs,
    queue: resources.exportQueue,
    onTick: () => undefined,
    onError: error => process.emitWarning(String(error)),
  };
  const server = await startHttpServer(async (request, response) => {
    const question = await text(request);
    const { status, body } =
      request.url === '/queue'
        ? { status: 200, body: JSON.stringify(await outcomeOf(() => emptyQueue(pipeline))) }
        : await answer(question);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  const stateFile = join(folder, 'local.json');
  await writeCredentials(cloud, join(folder, 'credentials'));
  await writeState(
    stateFile,
    stateOf({
      aws,
      resources,
      clouds: clouds.environment,
      clockAhead: clockAhead(),
      ticksInARow: true,
      control: server.endpoint,
    }),
  );
  return {
    stateFile,
    async close(): Promise<void> {
      await rm(stateFile, { force: true });
      await server.close();
    },
  };

  async function answer(body: string): Promise<{ status: number; body: string }> {
    const last = await lastTick();
    const { until } = JSON.parse(body) as { until?: string };
    const end = until === undefined ? last + 4 * hour : Date.parse(until);
    if (!(end > last && end <= last + furthest))
      return {
        status: 400,
        body: `The last tick was at ${toIso(last)}: expected a later instant, within a month`,
      };
    if (end > Date.now())
      return {
        status: 400,
        body: `The clock of local mode is at ${toIso(Date.now())}: later windows cannot be exported yet`,
      };
    return { status: 200, body: JSON.stringify(await sendTicks(last, end)) };
  }

  async function lastTick(): Promise<Instant> {
    const { DISPATCH_STATE_TABLE: tableName = '' } = resources.environments.dispatcher;
    const state = createDispatchState({ client: aws.dynamodb, tableName });
    return (await state.completedTick()) ?? Math.floor(Date.now() / tickInterval) * tickInterval;
  }

  async function sendTicks(after: Instant, upTo: Instant) {
    const ticks: Instant[] = [];
    for (let tick = after + tickInterval; tick <= upTo; tick += tickInterval) ticks.push(tick);
    const outcome = await outcomeOf(() => runTicks(ticks, pipeline));
    await watchdog.invoke(scheduledEvent(upTo)).catch(pipeline.onError);
    return { ticks: ticks.length, lastTick: toIso(ticks.at(-1) ?? after), ...outcome };
  }

  /** Counts the files and failures that the exporter reports while something runs. */
  async function outcomeOf(run: () => Promise<unknown>) {
    const before = aws.events.events.length;
    await run();
    const types = aws.events.events.slice(before).map(({ detailType }) => detailType);
    return {
      files: types.filter(type => type === 'Export Delivered').length,
      failures: types.filter(type => type === 'Export Failed').length,
    };
  }
}

async function writeCredentials({ clouds }: LocalCloud, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = { s3: 's3.json', gcs: 'gcs.json', azure: 'azure.txt' } as const;
  for (const type of ['s3', 'gcs', 'azure'] as const)
    await writeFile(join(folder, names[type]), clouds.credentials.secretOf(type));
}
