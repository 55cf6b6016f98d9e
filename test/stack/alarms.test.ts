import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, test } from 'vitest';
import { createApp } from '../../lib/app.ts';
import { severities } from '../../lib/severity.ts';
import { cdkContext, inlineCode, synthesize } from './synthesis.ts';
import { resourcesOf } from './template-reading.ts';
import { writtenMetrics } from './written-telemetry.ts';

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly { readonly Ref: string }[];
  readonly OKActions?: readonly { readonly Ref: string }[];
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
}

const template = synthesize({ recountAfterHours: 24 });
const alarms = Object.values(resourcesOf<AlarmProperties>(template, 'AWS::CloudWatch::Alarm')).map(
  properties => ({ name: properties.AlarmName.replace('siem-export-dev-', ''), ...properties }),
);
const topics = Object.fromEntries(
  Object.entries(resourcesOf<{ TopicName: string }>(template, 'AWS::SNS::Topic')).map(
    ([logicalId, { TopicName }]) => [TopicName, logicalId],
  ),
);
const namesOf = (severity: string) =>
  alarms.filter(({ AlarmDescription }) => AlarmDescription.startsWith(severity)).map(({ name }) => name);

describe('alarms', () => {
  test('page for what is ours and needs somebody now', () => {
    expect(namesOf('page').sort()).toEqual([
      'dispatcher-silent',
      'export-dead-letters',
      'export-queue-old',
      'exporter-errors',
      'fleet-in-trouble',
      'fleet-stalled',
      'watchdog-silent',
    ]);
  });

  test('are tickets for single accounts, whosever fault it is, and for what mends itself', () => {
    expect(namesOf('ticket').sort()).toEqual([
      'accounts-behind',
      'accounts-failing',
      'accounts-never-exported',
      'exporter-slow',
      'exporter-throttled',
      'files-lacking-fields',
      'further-accounts-in-trouble',
      'invalid-accounts',
      'malformed-rows',
      'rows-recorded-late',
      'trigger-dead-letters',
      'unreadable-keys',
    ]);
  });

  test('count windows again only where the stage does so', () => {
    const plain = resourcesOf<AlarmProperties>(synthesize(), 'AWS::CloudWatch::Alarm');
    const names = Object.values(plain).map(({ AlarmName }) => AlarmName);
    expect(names).not.toContain('siem-export-dev-rows-recorded-late');
    expect(names).toHaveLength(alarms.length - 1);
  });

  test.each(alarms)('$name says what it means, how grave it is and where the remedy is', alarm => {
    expect(alarm.AlarmDescription).toMatch(/^(page|ticket): [A-Z].+\. What to do: /);
    expect(alarm.AlarmDescription.endsWith(`docs/operator/runbook.md#${alarm.name}`)).toBe(true);
  });

  test.each(alarms)('$name tells the topic of its severity, of the fault and of its end', alarm => {
    const [severity] = alarm.AlarmDescription.split(':');
    const told = [{ Ref: topics[`siem-export-dev-${severity}`] }];
    expect(alarm.AlarmActions).toEqual(told);
    // Only further accounts in trouble notify; an hour without a new one does not mean recovery.
    expect(alarm.OKActions).toEqual(alarm.name === 'further-accounts-in-trouble' ? undefined : told);
  });

  test('of single accounts follow the rounds of the watchdog, which see every account, and no single failure', () => {
    for (const name of ['accounts-failing', 'accounts-behind', 'invalid-accounts'])
      expect(alarms.find(alarm => alarm.name === name)).toMatchObject({
        Namespace: 'SiemExport',
        Statistic: 'Maximum',
        Period: 3600,
        EvaluationPeriods: 1,
        Threshold: 0,
        TreatMissingData: 'ignore',
      });
    expect(alarms.map(({ MetricName }) => MetricName)).not.toContain('ExportsFailed');
  });

  test.each([
    'exporter-slow',
    'exporter-throttled',
    'files-lacking-fields',
    'malformed-rows',
    'rows-recorded-late',
    'unreadable-keys',
  ])('%s stays up until a day was quiet, and does not come and go with the windows', name => {
    const { Period, EvaluationPeriods, DatapointsToAlarm } = alarms.find(alarm => alarm.name === name) ?? {};
    expect([Period, EvaluationPeriods, DatapointsToAlarm]).toEqual([3600, 24, 1]);
  });

  test('do not page for one error of the exporter, which is tried again', () => {
    expect(alarms.find(({ name }) => name === 'exporter-errors')).toMatchObject({
      Period: 900,
      EvaluationPeriods: 4,
      DatapointsToAlarm: 3,
    });
  });

  test('ring anew when half of the fleet is in trouble, though they ring already for a tenth', () => {
    const thresholds = alarms.flatMap(alarm =>
      alarm.MetricName === 'FleetInTrouble' ? [(alarm as unknown as { Threshold: number }).Threshold] : [],
    );
    expect(thresholds).toEqual([0, 49]);
  });

  test.each([
    ['dispatcher', 'DispatchedAccounts', 900],
    ['watchdog', 'Accounts', 3600],
  ])('miss the %s when it does not run, and when no run comes to its end', (name, metric, period) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `siem-export-dev-${name}-silent`,
      MetricName: metric,
      Statistic: 'SampleCount',
      Period: period,
      EvaluationPeriods: 2,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test('follow metrics that the functions write, by the stage’s own dimension', () => {
    const watched = alarms.filter(alarm => alarm.Namespace === 'SiemExport');
    expect(watched.length).toBeGreaterThan(10);
    const written = writtenMetrics();
    for (const { MetricName, Dimensions } of watched)
      expect(written).toContainEqual({ name: MetricName, dimensions: Dimensions });
  });
});

describe('the topics', () => {
  test('are one for pages and one for tickets', () => {
    expect(Object.keys(topics).sort()).toEqual(severities.map(severity => `siem-export-dev-${severity}`));
  });

  test('are encrypted, and CloudWatch may publish to them all the same', () => {
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    const cloudWatch = { Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } };
    template.resourcePropertiesCountIs(
      'AWS::SNS::TopicPolicy',
      {
        PolicyDocument: {
          Statement: Match.arrayWith([Match.objectLike({ ...cloudWatch, Action: 'sns:Publish' })]),
        },
      },
      2,
    );
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ ...cloudWatch, Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
        ]),
      },
    });
  });

  const desk = 'desk@example.com';
  const onCall = 'oncall@example.com';
  test.each([
    ['the one address', onCall, { page: onCall, ticket: onCall }],
    ['an address for each', { page: onCall, ticket: desk }, { page: onCall, ticket: desk }],
    ['the address of one', { ticket: desk }, { ticket: desk }],
    ['nobody', undefined, {}],
  ])('tell %s', (_, alarmEmail, told) => {
    const subscribed = synthesize({ stage: 'dev', alarmEmail });
    const found = Object.values(
      resourcesOf<{ TopicArn: { Ref: string }; Endpoint: string; Protocol: string }>(
        subscribed,
        'AWS::SNS::Subscription',
      ),
    ).map(({ TopicArn, Endpoint }) => [TopicArn.Ref, Endpoint]);
    const expected = Object.entries(told).map(([severity, address]) => [
      topics[`siem-export-dev-${severity}`],
      address,
    ]);
    expect(found.sort()).toEqual(expected.sort());
  });
});

describe('a topic that nobody has subscribed to', () => {
  const outputFolder = mkdtempSync(join(tmpdir(), 'siem-export-alarms-'));
  afterAll(() => rmSync(outputFolder, { recursive: true }));
  const warningsWith = (alarmEmail?: unknown) => {
    const context = { ...cdkContext, 'siem-export': { stage: 'dev', alarmEmail } };
    const { stack } = createApp({ code: inlineCode, context, outputFolder });
    return Annotations.fromStack(stack)
      .findWarning('*', Match.stringLikeRegexp('Nobody receives'))
      .map(({ entry }) => String(entry.data));
  };

  test('is warned of when the stage is synthesised', () => {
    expect(warningsWith()).toEqual([
      expect.stringContaining('siem-export-dev-page'),
      expect.stringContaining('siem-export-dev-ticket'),
    ]);
    expect(warningsWith({ page: 'oncall@example.com' })).toEqual([
      expect.stringContaining('siem-export-dev-ticket'),
    ]);
  });

  test('is none where there is an address', () => {
    expect(warningsWith('ops@example.com')).toEqual([]);
  });
});
