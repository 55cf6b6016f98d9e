import { paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { EnableRuleCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ruleName, type TriggerName, triggerMinutes } from '../../../lib/trigger-rules.ts';
import { nameOf } from '../../stage/target/deployed.ts';
import type { Target } from '../../stage/target/target.ts';
import type { DeployedServices } from './aws.ts';
import { type Check, failing, ok, runCheck } from './check.ts';
import { checkFunctions } from './functions.ts';
import { checkSubscriptions } from './subscriptions.ts';
import { checkTimeZonesOfFunctions } from './time-zones.ts';

/** Checks what exists only in AWS: rules, functions, their event source mapping, alarms. */
export async function checkDeployment(target: Target, services: DeployedServices): Promise<Check[]> {
  return [
    ...(await checkFunctions(target, services)),
    await checkTimeZonesOfFunctions(target.outputs.Stage, services.cloudwatch),
    await checkRules(target, services),
    await runCheck(alarms, () => checkAlarms(target, services)),
    ...(await checkSubscriptions(target, services)),
  ];
}

function checkRules({ outputs, command }: Target, { events }: DeployedServices): Promise<Check> {
  const name = 'the rules that trigger the functions';
  return runCheck(name, async () => {
    const { Rules = [] } = await events.send(
      new ListRulesCommand({ NamePrefix: `${nameOf(outputs.Stage)}-` }),
    );
    const states = new Map(Rules.map(({ Name = '', State }) => [Name, State]));
    // By full name: the prefix of the stage prod also matches the rules of a stage prod-eu.
    const expected = ruleNames(outputs.Stage);
    const missing = expected.filter(rule => !states.has(rule));
    const off = expected.filter(rule => states.get(rule) === 'DISABLED');
    if (missing.length > 0) return failing(name, `missing: ${missing.join(', ')}`, 'deploy the stack again');
    if (off.length === 0) return ok(name, `${expected.length} enabled`);
    return {
      ...failing(name, `disabled: ${off.join(', ')}`, `${command} doctor --fix`),
      async fix() {
        for (const Name of off) await events.send(new EnableRuleCommand({ Name }));
      },
    };
  });
}

function ruleNames(stage: string): string[] {
  return (Object.keys(triggerMinutes) as TriggerName[]).flatMap(trigger =>
    triggerMinutes[trigger].map(minute => ruleName(stage, trigger, minute)),
  );
}

const alarms = 'the alarms';

async function checkAlarms({ outputs }: Target, { cloudwatch }: DeployedServices): Promise<Check> {
  const topics = new Set([outputs.PageTopicArn, outputs.TicketTopicArn]);
  const ringing: string[] = [];
  let all = 0;
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms(
    { client: cloudwatch },
    { AlarmNamePrefix: `${nameOf(outputs.Stage)}-`, AlarmTypes: ['MetricAlarm'] },
  ))
    for (const { AlarmName = '', AlarmActions = [], ...alarm } of MetricAlarms) {
      // The name prefix also matches alarms of other stages (prod-eu); each stage has topics of its own.
      if (!AlarmActions.some(arn => topics.has(arn))) continue;
      const { StateValue, StateReason = '', AlarmDescription = '' } = alarm;
      all++;
      if (StateValue === 'ALARM') ringing.push(`${AlarmName}: ${AlarmDescription}`, `  ${StateReason}`);
    }
  if (all === 0) return failing(alarms, 'there are none', 'deploy the stack again');
  return ringing.length === 0
    ? ok(alarms, `none of ${all} is in ALARM`)
    : failing(alarms, ringing.join('\n'), 'docs/operator/runbook.md has a heading for each');
}
