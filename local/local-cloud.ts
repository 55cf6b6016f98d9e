import type { Writable } from 'node:stream';
import { type ExporterEnvironment, readExporterEnvironment } from '../lambdas/environment.ts';
import type { Scenario } from './account.ts';
import { type AwsServers, startAwsServers } from './aws-servers.ts';
import { aheadOfNow, putClockForward } from './clock.ts';
import { type CloudServers, startCloudServers } from './cloud-servers.ts';
import { functionEnvironment } from './functions/environment.ts';
import { type LambdaFunction, startFunction } from './functions/lambda-function.ts';
import { createResources, type FunctionName, type Resources } from './resources.ts';
import { synthesizeTemplate } from './template.ts';

/** The stack and the customers’ clouds, running on this machine. */
export interface LocalCloud {
  readonly aws: AwsServers;
  readonly clouds: CloudServers;
  readonly resources: Resources;
  readonly environment: ExporterEnvironment;
  readonly dispatcher: LambdaFunction;
  readonly exporter: LambdaFunction;
  readonly watchdog: LambdaFunction;
  readonly scenario: Scenario;
  close(): Promise<void>;
}

/** The parts of the stack that a scenario may depend on. */
export type Stage = Pick<ExporterEnvironment, 'secretPrefix'> & Pick<Resources, 'tickMinutes'>;

/**
 * Starts all servers and functions, with the tables, queues and variables of the synthesised template.
 *
 * @param log receives the output of the functions
 */
export async function startLocalCloud(
  scenarioOf: (stage: Stage) => Scenario,
  log: Writable,
): Promise<LocalCloud> {
  const aws = await startAwsServers();
  const resources = await createResources(synthesizeTemplate(), aws);
  const { tickMinutes, environments, exporterTimeout } = resources;
  const environment = readExporterEnvironment(environments.exporter);
  const scenario = scenarioOf({ secretPrefix: environment.secretPrefix, tickMinutes });

  putClockForward(aheadOfNow(scenario.ticks.at(-1) ?? 0));
  const clouds = await startCloudServers(scenario.accounts.map(({ record }) => record.destination));
  const start = (name: FunctionName) =>
    startFunction({
      functionName: name,
      module: new URL(`../lambdas/${name}/handler.ts`, import.meta.url).href,
      environment: functionEnvironment(environments[name], aws.environment, clouds.environment),
      timeout: exporterTimeout,
      log,
    });
  const [dispatcher, exporter, watchdog] = await Promise.all([
    start('dispatcher'),
    start('exporter'),
    start('watchdog'),
  ]);
  return {
    aws,
    clouds,
    resources,
    environment,
    dispatcher,
    exporter,
    watchdog,
    scenario,
    async close() {
      await Promise.all([dispatcher.close(), exporter.close(), watchdog.close()]);
      await Promise.all([aws.close(), clouds.close()]);
    },
  };
}
