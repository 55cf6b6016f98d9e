import { describe, expect, test } from 'vitest';
import {
  EnvironmentError,
  readDispatcherEnvironment,
  readExporterEnvironment,
  readWatchdogEnvironment,
} from '../../lambdas/environment.ts';
import { synthesize } from './synthesis.ts';
import { resourcesOf } from './template-reading.ts';

const template = synthesize();
const recounting = synthesize({ settleMinutes: 1440, recountAfterHours: 48 });

/** The function’s variables in the template, with a placeholder for each value that AWS fills in. */
function deployed(name: string, from = template): Record<string, string> {
  const functions = resourcesOf<{
    FunctionName: string;
    Environment: { Variables: Record<string, unknown> };
  }>(from, 'AWS::Lambda::Function');
  const found = Object.values(functions).find(({ FunctionName }) => FunctionName.endsWith(`-${name}`));
  return Object.fromEntries(
    Object.entries(found?.Environment.Variables ?? {}).map(([variable, value]) => [
      variable,
      typeof value === 'string' ? value : 'reference',
    ]),
  );
}

describe('what the stack sets is what the functions read', () => {
  test('the dispatcher', () => {
    expect(readDispatcherEnvironment(deployed('dispatcher'))).toEqual({
      stage: 'dev',
      accountsTable: 'reference',
      timeZoneIndex: 'timeZone-index',
      dispatchStateTable: 'reference',
      exportQueueUrl: 'reference',
      settleSeconds: 300,
    });
  });

  test('the exporter', () => {
    expect(readExporterEnvironment(deployed('exporter'))).toMatchObject({
      stage: 'dev',
      auditLog: { partitionKey: 'accountId', sortKey: 'recordedAt', sortKeyType: 'iso' },
      secretPrefix: 'siem-export/dev/',
      settleSeconds: 300,
      partBytes: 1_073_741_824,
      endpoints: { s3: undefined, sts: undefined, gcs: undefined, azure: undefined },
    });
  });

  test('the longest settle time, and when windows are counted again', () => {
    expect(readExporterEnvironment(deployed('exporter')).recountAfterSeconds).toBeUndefined();
    expect(readExporterEnvironment(deployed('exporter', recounting))).toMatchObject({
      settleSeconds: 86_400,
      recountAfterSeconds: 172_800,
    });
    for (const read of [
      readDispatcherEnvironment(deployed('dispatcher', recounting)),
      readWatchdogEnvironment(deployed('watchdog', recounting)),
    ])
      expect(read.settleSeconds).toBe(86_400);
  });

  test('the watchdog', () => {
    expect(readWatchdogEnvironment(deployed('watchdog'))).toMatchObject({
      stage: 'dev',
      auditLog: { partitionKey: 'accountId', sortKey: 'recordedAt', sortKeyType: 'iso' },
      settleSeconds: 300,
    });
  });
});

describe('a wrong environment', () => {
  test('is refused with the names of all variables at fault', () => {
    const read = () => readDispatcherEnvironment({ STAGE: 'dev', SETTLE_SECONDS: '86401' });
    expect(read).toThrow(EnvironmentError);
    expect(read).toThrow(
      /ACCOUNTS_TABLE: expected a text.*SETTLE_SECONDS: expected a whole number from 0 to 86400/,
    );
  });

  test.each([
    ['AUDIT_LOG_ATTRIBUTES', 'no JSON'],
    ['AUDIT_LOG_ATTRIBUTES', '{"email":"email"}'],
    ['AUDIT_LOG_SORT_KEY_TYPE', 'seconds'],
    ['PART_BYTES', '4294967296'],
    ['RECOUNT_AFTER_SECONDS', '0'],
    ['LOCAL_S3_ENDPOINT', 'https://bucket.example.com'],
    ['LOCAL_AZURE_ENDPOINT', 'http://127.0.0.1.example.com'],
    ['LOCAL_GCS_ENDPOINT', ''],
  ])('%s may not be %j', (variable, value) => {
    expect(() => readExporterEnvironment({ ...deployed('exporter'), [variable]: value })).toThrow(variable);
  });

  test('but servers on this machine may stand in for the clouds', () => {
    const local = { ...deployed('exporter'), LOCAL_S3_ENDPOINT: 'http://127.0.0.1:4566' };
    expect(readExporterEnvironment(local).endpoints.s3).toBe('http://127.0.0.1:4566');
  });
});
