import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  type EventSourceMappingConfiguration,
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListEventSourceMappings,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { nameOf } from '../../stage/target/deployed.ts';
import type { Target } from '../../stage/target/target.ts';
import { count } from '../../terminal/wording.ts';
import type { DeployedServices } from './aws.ts';
import { alone, type Check, ill, well } from './check.ts';

const hour = 3_600_000;
const hoursBack = 3;
/** What the other functions need beside the exporters. */
const besideExporters = 10;

/** The functions are there, the exporter is handed messages, and Lambda lets enough of them run. */
export async function checkFunctions(target: Target, services: DeployedServices): Promise<Check[]> {
  const { Stage: stage } = target.outputs;
  const { lambda } = services;
  const checks: Check[] = [];
  for (const part of ['dispatcher', 'exporter', 'watchdog'] as const)
    checks.push(await checkFunction(nameOf(stage, part), lambda));
  const mapping = () => mappingOf(nameOf(stage, 'exporter'), lambda);
  checks.push(await checkMapping(mapping, target, services));
  checks.push(await checkConcurrency(mapping, services));
  return checks;
}

function checkFunction(functionName: string, lambda: LambdaClient): Promise<Check> {
  const name = `function ${functionName}`;
  return alone(name, async () => {
    try {
      const { State, StateReason } = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: functionName }),
      );
      // A function that nobody called for weeks is Inactive and wakes at the next call.
      return State === 'Failed'
        ? ill(name, StateReason ?? State, 'deploy the stack again')
        : well(name, State);
    } catch (thrown) {
      if (thrown instanceof ResourceNotFoundException)
        return ill(name, 'it is not there', 'deploy the stack again');
      throw thrown;
    }
  });
}

type FindMapping = () => Promise<EventSourceMappingConfiguration | undefined>;

async function mappingOf(
  functionName: string,
  client: LambdaClient,
): Promise<EventSourceMappingConfiguration | undefined> {
  const mappings: EventSourceMappingConfiguration[] = [];
  const pages = paginateListEventSourceMappings({ client }, { FunctionName: functionName });
  try {
    for await (const { EventSourceMappings = [] } of pages) mappings.push(...EventSourceMappings);
  } catch (thrown) {
    // Without the function there is no mapping either.
    if (!(thrown instanceof ResourceNotFoundException)) throw thrown;
  }
  return mappings[0];
}

/** What a mapping is in that works, or is about to: a change of it takes Lambda up to a minute. */
const working: ReadonlySet<string | undefined> = new Set(['Enabled', 'Enabling', 'Creating', 'Updating']);

function checkMapping(find: FindMapping, { command }: Target, { lambda }: DeployedServices): Promise<Check> {
  const name = 'the exporter takes messages from the queue';
  return alone(name, async () => {
    const mapping = await find();
    if (mapping === undefined) return ill(name, 'nothing links it to the queue', 'deploy the stack again');
    const { UUID, State } = mapping;
    if (working.has(State)) return well(name, State === 'Enabled' ? undefined : `soon: it is ${State}`);
    return {
      ...ill(name, `its event source mapping is ${State}`, `${command} doctor --mend`),
      async mend() {
        await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
      },
    };
  });
}

/** All functions of the AWS account share one limit, whoever's they are. */
function checkConcurrency(find: FindMapping, { lambda, cloudwatch }: DeployedServices): Promise<Check> {
  const name = 'Lambda lets enough functions run at once';
  return alone(name, async () => {
    const exporters = (await find())?.ScalingConfig?.MaximumConcurrency ?? 0;
    const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
    const limit = AccountLimit?.ConcurrentExecutions ?? 0;
    const free = AccountLimit?.UnreservedConcurrentExecutions ?? limit;
    const now = Date.now();
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/Lambda',
        MetricName: 'ConcurrentExecutions',
        Statistics: ['Maximum'],
        Period: 300,
        StartTime: new Date(now - hoursBack * hour),
        EndTime: new Date(now),
      }),
    );
    const most = Math.max(0, ...Datapoints.map(({ Maximum = 0 }) => Maximum));
    const detail = `this AWS account may run ${count(limit)}, ${count(free)} of them free for all, and ran ${count(most)} at the most in the last ${hoursBack} hours; exporters take up to ${count(exporters)}`;
    if (exporters + besideExporters > free)
      return ill(name, detail, 'deploy with a smaller maxConcurrency, or ask AWS for a higher limit');
    return most >= limit
      ? ill(name, detail, 'find out what else runs in the AWS account, or ask AWS for a higher limit')
      : well(name, detail);
  });
}
