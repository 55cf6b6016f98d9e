import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../../lib/config.ts';
import { ConfigurationError } from '../../lib/configuration-error.ts';

function faultsOf(context: Record<string, unknown>): string {
  try {
    readConfiguration(context);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'none';
}

describe('the configuration', () => {
  test('needs a stage only', () => {
    expect(readConfiguration({ stage: 'prod' })).toEqual({
      stage: 'prod',
      settleMinutes: 5,
      maxConcurrency: 50,
      partBytes: 1_073_741_824,
      logRetentionDays: 90,
      secretPrefix: 'siem-export/prod/',
      runbookUrl: 'docs/runbook.md',
    });
  });

  test('takes single settings over the object, and numbers as text as the command line has them', () => {
    const context = { 'siem-export': { stage: 'dev', settleMinutes: 3 }, settleMinutes: '10', stage: 'prod' };
    expect(readConfiguration(context)).toMatchObject({ stage: 'prod', settleMinutes: 10 });
  });

  test('leaves the CDK’s own context alone', () => {
    const context = {
      stage: 'dev',
      'aws:cdk:bundling-stacks': [],
      '@aws-cdk/core:x': true,
      'cli-telemetry': false,
    };
    expect(readConfiguration(context)).toMatchObject({ stage: 'dev' });
  });

  test('completes what it says of an existing table with the usual names', () => {
    const context = {
      'siem-export': { stage: 'dev', auditLog: { sortKey: 'at' } },
      auditLogTableName: 'audit',
    };
    expect(readConfiguration(context).auditLog).toMatchObject({
      tableName: 'audit',
      partitionKey: 'accountId',
      sortKey: 'at',
      attributes: { ipAddress: 'ipAddress' },
    });
  });
});

describe('a wrong configuration', () => {
  test('is refused with every fault at once', () => {
    const message = faultsOf({
      stage: 'Prod!',
      settleMinutes: '20',
      alarmEmail: 'nobody',
      maxConcurrency: 1,
    });
    expect(message).toContain('stage: expected the name of the stage');
    expect(message).toContain('settleMinutes: expected a whole number from 0 to 15');
    expect(message).toContain('alarmEmail: expected an e-mail address');
    expect(message).toContain('maxConcurrency: expected a whole number from 2 to 1000');
  });

  test.each([
    [{}, 'stage: expected the name of the stage'],
    [{ stage: 'dev', settleminutes: 5 }, 'settleminutes: there is no such setting'],
    [{ 'siem-export': { stage: 'dev', region2: 'x' } }, 'region2: there is no such setting'],
    [{ 'siem-export': { stage: 'dev', auditLog: { name: 'x' } } }, 'auditLog.name: there is no such setting'],
    [{ 'siem-export': 'prod' }, 'siem-export: expected an object'],
    [{ stage: 'dev', auditLogSortKey: 'at' }, 'auditLog: expected either tableName or tableArn'],
    [
      { stage: 'dev', auditLogTableName: 'audit', auditLogSortKeyType: 'seconds' },
      'expected iso or epochMilliseconds',
    ],
    [{ stage: 'dev', auditLogTableArn: 'audit' }, 'auditLog.tableArn: expected arn:aws:dynamodb:'],
    [{ stage: 'dev', partBytes: 4_000_000_000 }, 'partBytes: expected a whole number from'],
    [{ stage: 'dev', logRetentionDays: 42 }, 'logRetentionDays: expected one of 1, 3, 5, 7'],
    [{ stage: 'dev', secretPrefix: 'siem-export/dev' }, 'secretPrefix: expected letters'],
    [{ stage: 'dev', account: 111122223333 }, 'account: expected an AWS account id, 12 digits (in quotes)'],
  ])('%j is refused: %s', (context, expected) => {
    expect(faultsOf(context)).toContain(expected);
  });
});
