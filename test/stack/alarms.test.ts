import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { usage } from '../../cli/commands/cost/usage.ts';
import { synthesize } from './synthesis.ts';
import { resourcesOf } from './template-reading.ts';
import { writtenMetrics } from './written-telemetry.ts';

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly AlarmActions?: readonly { readonly Ref: string }[];
  readonly OKActions?: readonly { readonly Ref: string }[];
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

const template = synthesize({ alarmEmail: 'operations@example.com' });
const alarmsOf = (stack: typeof template) =>
  Object.values(resourcesOf<AlarmProperties>(stack, 'AWS::CloudWatch::Alarm'));
const alarms = alarmsOf(template);
const recounting = synthesize({ recountAfterHours: 24 });
const topics = Object.keys(template.findResources('AWS::SNS::Topic'));

describe('every alarm', () => {
  test('stands for something that can fail', () => {
    expect(alarms.map(alarm => alarm.AlarmName.replace('siem-export-dev-', '')).sort()).toEqual([
      'accounts-behind',
      'accounts-never-exported',
      'dispatcher-errors',
      'dispatcher-silent',
      'dispatcher-throttled',
      'export-dead-letters',
      'export-queue-old',
      'exporter-errors',
      'exporter-slow',
      'exporter-throttled',
      'exports-failed',
      'invalid-accounts',
      'malformed-rows',
      'trigger-dead-letters',
      'watchdog-errors',
      'watchdog-silent',
      'watchdog-throttled',
    ]);
  });

  test('has one for rows recorded late beside it where windows are counted again', () => {
    const names = new Set(alarms.map(({ AlarmName }) => AlarmName));
    const further = alarmsOf(recounting).filter(({ AlarmName }) => !names.has(AlarmName));
    expect(further).toMatchObject([
      {
        AlarmName: 'siem-export-dev-rows-recorded-late',
        AlarmDescription: expect.stringMatching(
          /^warning: .* What to do: docs\/runbook\.md#rows-recorded-late$/,
        ),
        Namespace: 'SiemExport',
        MetricName: 'RowsRecordedLate',
      },
    ]);
    expect(further).toHaveLength(usage.recountAlarms);
    for (const { MetricName = '', Dimensions } of further)
      expect(writtenMetrics()).toContainEqual({ name: MetricName, dimensions: Dimensions });
  });

  test.each(alarms)('$AlarmName says what it means, how grave it is and where the remedy is', alarm => {
    const name = alarm.AlarmName.replace('siem-export-dev-', '');
    expect(alarm.AlarmDescription).toMatch(/^(critical|warning): [A-Z].+\. What to do: /);
    expect(alarm.AlarmDescription?.endsWith(`docs/runbook.md#${name}`)).toBe(true);
  });

  test.each(alarms)('$AlarmName tells the one topic of the fault and of its end', alarm => {
    const told = topics.map(topic => ({ Ref: topic }));
    expect(told).toHaveLength(1);
    expect(alarm.AlarmActions).toEqual(told);
    expect(alarm.OKActions).toEqual(told);
  });
});

describe('alarms', () => {
  test.each([
    ['dispatcher', 900],
    ['watchdog', 3600],
  ])('the %s is missed when it is silent', (name, period) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `siem-export-dev-${name}-silent`,
      MetricName: 'Invocations',
      Period: period,
      EvaluationPeriods: 2,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test('follow metrics that the functions write, by the stage’s own dimension', () => {
    const watched = alarms.filter(alarm => alarm.Namespace === 'SiemExport');
    expect(watched.map(alarm => alarm.MetricName).sort()).toEqual([
      'AccountsBehind',
      'AccountsNeverExported',
      'ExportsFailed',
      'InvalidAccounts',
      'MalformedRows',
    ]);
    const written = writtenMetrics();
    for (const { MetricName = '', Dimensions } of watched)
      expect(written).toContainEqual({ name: MetricName, dimensions: Dimensions });
  });
});

describe('the topic', () => {
  test('is encrypted, and CloudWatch may publish to it all the same', () => {
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    const cloudWatch = { Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } };
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ ...cloudWatch, Action: 'sns:Publish' })]),
      },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ ...cloudWatch, Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
        ]),
      },
    });
  });

  test('reaches the configured address', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'operations@example.com',
    });
  });

  test('has no subscriber without one', () => {
    synthesize().resourceCountIs('AWS::SNS::Subscription', 0);
  });
});
