import type { AwsAccess } from '../target/deployed.ts';
import { nameOf, sdkConfig } from '../target/deployed.ts';
import { type Check, ill, well } from './check.ts';

/** What only AWS has: rules, functions, their link to the queue, alarms. */
export async function checkDeployment(stage: string, access: AwsAccess): Promise<Check[]> {
  return [
    ...(await checkFunctions(stage, access)),
    await checkRules(stage, access),
    await checkAlarms(stage, access),
  ];
}

async function checkFunctions(stage: string, access: AwsAccess): Promise<Check[]> {
  const { GetFunctionConfigurationCommand, LambdaClient, paginateListEventSourceMappings } = await import(
    '@aws-sdk/client-lambda'
  );
  const client = new LambdaClient(sdkConfig(access));
  try {
    const checks: Check[] = [];
    for (const part of ['dispatcher', 'exporter', 'watchdog'] as const) {
      const FunctionName = nameOf(stage, part);
      const { State, StateReason } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
      const name = `function ${FunctionName}`;
      // A function that nobody called for weeks is Inactive and wakes at the next call.
      checks.push(
        State === 'Failed' ? ill(name, StateReason ?? State, 'deploy the stack again') : well(name, State),
      );
    }
    const name = 'the exporter takes messages from the queue';
    for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings(
      { client },
      { FunctionName: nameOf(stage, 'exporter') },
    ))
      for (const { UUID, State } of EventSourceMappings)
        checks.push(
          State === 'Enabled'
            ? well(name)
            : ill(
                name,
                `its event source mapping is ${State}`,
                `aws lambda update-event-source-mapping --uuid ${UUID} --enabled`,
              ),
        );
    return checks;
  } finally {
    client.destroy();
  }
}

async function checkRules(stage: string, access: AwsAccess): Promise<Check> {
  const { EventBridgeClient, ListRulesCommand } = await import('@aws-sdk/client-eventbridge');
  const client = new EventBridgeClient(sdkConfig(access));
  const name = 'the rules that trigger the functions';
  try {
    const { Rules = [] } = await client.send(new ListRulesCommand({ NamePrefix: `${nameOf(stage)}-` }));
    const off = Rules.filter(({ State }) => State === 'DISABLED').map(({ Name = '' }) => Name);
    if (Rules.length === 0) return ill(name, 'there are none', 'deploy the stack again');
    return off.length === 0
      ? well(name, `${Rules.length} enabled`)
      : ill(
          name,
          `disabled: ${off.join(', ')}`,
          off.map(rule => `aws events enable-rule --name ${rule}`).join('\n'),
        );
  } finally {
    client.destroy();
  }
}

async function checkAlarms(stage: string, access: AwsAccess): Promise<Check> {
  const { CloudWatchClient, paginateDescribeAlarms } = await import('@aws-sdk/client-cloudwatch');
  const client = new CloudWatchClient(sdkConfig(access));
  const name = 'the alarms';
  try {
    const ringing: string[] = [];
    let all = 0;
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms(
      { client },
      { AlarmNamePrefix: `${nameOf(stage)}-`, AlarmTypes: ['MetricAlarm'] },
    ))
      for (const { AlarmName = '', StateValue, AlarmDescription = '' } of MetricAlarms) {
        all++;
        if (StateValue === 'ALARM') ringing.push(`${AlarmName}: ${AlarmDescription}`);
      }
    if (all === 0) return ill(name, 'there are none', 'deploy the stack again');
    return ringing.length === 0
      ? well(name, `none of ${all} rings`)
      : ill(name, ringing.join('\n'), 'see docs/runbook.md');
  } finally {
    client.destroy();
  }
}
