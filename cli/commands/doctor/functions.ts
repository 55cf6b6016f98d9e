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
import { type Check, failing, ok, runCheck } from './check.ts';

const hour = 3_600_000;
const hoursBack = 3;
/** Concurrent executions that the dispatcher and the watchdog need besides the exporters. */
const besideExporters = 10;

/**
 * Checks that the functions exist, that the exporter receives messages, and that Lambda’s concurrency limit is high
 * enough.
 */
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
  return runCheck(name, async () => {
    try {
      const { State, StateReason } = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: functionName }),
      );
      // A function that was not invoked for weeks is Inactive; the next invocation activates it.
      return State === 'Failed'
        ? failing(name, StateReason ?? State, 'deploy the stack again')
        : ok(name, State);
    } catch (thrown) {
      if (thrown instanceof ResourceNotFoundException)
        return failing(name, 'it does not exist', 'deploy the stack again');
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
    if (!(thrown instanceof ResourceNotFoundException)) throw thrown;
  }
  return mappings[0];
}

/** States of a mapping that works, or will within a minute: a change takes Lambda so long. */
const working: ReadonlySet<string | undefined> = new Set(['Enabled', 'Enabling', 'Creating', 'Updating']);

function checkMapping(find: FindMapping, { command }: Target, { lambda }: DeployedServices): Promise<Check> {
  const name = 'the exporter takes messages from the queue';
  return runCheck(name, async () => {
    const mapping = await find();
    if (mapping === undefined)
      return failing(name, 'it has no event source mapping', 'deploy the stack again');
    const { UUID, State } = mapping;
    if (working.has(State))
      return ok(name, State === 'Enabled' ? undefined : `not yet: the mapping is ${State}`);
    return {
      ...failing(name, `its event source mapping is ${State}`, `${command} doctor --fix`),
      async fix() {
        await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
      },
    };
  });
}

/** All functions of an AWS account share one limit, also those that do not belong to this stack. */
function checkConcurrency(find: FindMapping, { lambda, cloudwatch }: DeployedServices): Promise<Check> {
  const name = 'Lambda lets enough functions run at once';
  return runCheck(name, async () => {
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
    const detail = `the limit of this AWS account is ${count(limit)}, of which ${count(free)} are not reserved; at most ${count(most)} ran in the last ${hoursBack} hours; exporters use up to ${count(exporters)}`;
    if (exporters + besideExporters > free)
      return failing(name, detail, 'deploy with a smaller maxConcurrency, or ask AWS for a higher limit');
    return most >= limit
      ? failing(name, detail, 'find out what else runs in the AWS account, or ask AWS for a higher limit')
      : ok(name, detail);
  });
}
