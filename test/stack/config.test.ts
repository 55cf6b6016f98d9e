import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { accountFaults } from '../../lambdas/domain/account.ts';
import { readConfiguration } from '../../lib/config.ts';
import { settingNames } from '../../lib/config-schema.ts';
import { ConfigurationError } from '../../lib/configuration-error.ts';
import { defaultActionsFile } from '../../readers/actions-file.ts';
import { plainText, tableRows } from './page-tables.ts';

const tableArn = 'arn:aws:dynamodb:eu-west-1:111122223333:table/audit';
const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000';

const folder = mkdtempSync(join(tmpdir(), 'siem-export-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  const path = join(folder, 'stage.json');
  writeFileSync(path, text);
  return path;
}

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
      runbookUrl: 'docs/operator/runbook.md',
      terminationProtection: true,
      tags: {},
      requiredFields: [],
      actionsFile: defaultActionsFile,
      ocsf: {
        version: '1.1.0',
        product: { name: 'SaaS product', vendor: 'SaaS vendor' },
        mapping: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    });
  });

  test('takes single settings over the object, and numbers as text as the command line has them', () => {
    const context = { 'siem-export': { stage: 'dev', settleMinutes: 3 }, settleMinutes: '10', stage: 'prod' };
    expect(readConfiguration(context)).toMatchObject({ stage: 'prod', settleMinutes: 10 });
  });

  test.each([
    ['eusc-de-east-1', true],
    ['us-gov-west-1', true],
    ['cn-north-1', true],
    ['eu-central', false],
    ['Frankfurt', false],
  ])('takes the regions that a bucket may have: %s %s', (region, taken) => {
    const destination = { type: 's3', bucket: 'acme-audit', region };
    const record = { accountId: 'acme', timeZone: 'UTC', status: 'active', destination, secretId: 'x' };
    expect(accountFaults(record).length === 0).toBe(taken);
    expect(faultsOf({ stage: 'prod', region }) === 'none').toBe(taken);
    const zones = { availabilityZones: [`${region}a`, `${region}b`] };
    expect(
      faultsOf({ stage: 'prod', 'siem-export': { vpc: zones } }).includes('the name of an availability zone'),
    ).toBe(!taken);
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

describe('protection from deletion', () => {
  test.each([
    [{ stage: 'prod' }, true],
    [{ stage: 'test' }, true],
    [{ stage: 'dev' }, false],
    [{ stage: 'dev', terminationProtection: 'true' }, true],
    [{ stage: 'prod', terminationProtection: 'false' }, false],
    [{ 'siem-export': { stage: 'prod', terminationProtection: false } }, false],
  ])('of %j is %s', (context, isProtected) => {
    expect(readConfiguration(context).terminationProtection).toBe(isProtected);
  });

  test('is neither on nor off by another word', () => {
    expect(faultsOf({ stage: 'prod', terminationProtection: 'no' })).toContain(
      'terminationProtection: expected true or false',
    );
  });
});

describe('tags', () => {
  const read = (tags: unknown) => () => readConfiguration({ 'siem-export': { stage: 'dev', tags } }).tags;

  test('are taken as they are', () => {
    expect(read({ 'cost-centre': '4711', owner: 'Team Größe @ Köln', empty: '' })()).toEqual({
      'cost-centre': '4711',
      owner: 'Team Größe @ Köln',
      empty: '',
    });
  });

  test.each([
    [{ 'aws:owner': 'x' }],
    [{ 'siem-export:stage': 'prod' }],
    [{ '': 'x' }],
    [{ owner: 5 }],
    [{ owner: 'a;b' }],
    ['owner=x'],
    [Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`tag${index}`, '']))],
  ])('are refused where AWS would refuse them: %j', tags => {
    expect(read(tags)).toThrow(/tags/);
  });
});

describe('the address for alarms', () => {
  const read = (alarmEmail: unknown) =>
    readConfiguration({ 'siem-export': { stage: 'dev', alarmEmail } }).alarmEmail;

  test('may be one for pages and tickets', () => {
    const both = { page: 'ops@example.com', ticket: 'ops@example.com' };
    expect(read('ops@example.com')).toEqual(both);
    expect(readConfiguration({ stage: 'dev', alarmEmail: 'ops@example.com' }).alarmEmail).toEqual(both);
  });

  test('may be one for each, or for one of them', () => {
    const each = { page: 'oncall@example.com', ticket: 'desk@example.com' };
    expect(read(each)).toEqual(each);
    expect(read({ page: 'oncall@example.com' })).toEqual({ page: 'oncall@example.com' });
  });

  test.each([['ops'], [['ops@example.com']], [{ pager: 'ops@example.com' }], [{ page: 'ops' }]])(
    'is refused where it is none: %j',
    alarmEmail => {
      expect(faultsOf({ 'siem-export': { stage: 'dev', alarmEmail } })).toContain('alarmEmail');
    },
  );
});

describe('the fields that every row has to have', () => {
  const read = (auditLog: object) => readConfiguration({ 'siem-export': { stage: 'dev', auditLog } });

  test('may be set for the stack’s own table, which stays', () => {
    expect(read({ required: ['actionId'] })).toMatchObject({
      auditLog: undefined,
      requiredFields: ['actionId'],
    });
  });

  test('may be set for an existing table', () => {
    const existing = { tableName: 'audit', required: ['email', 'action'] };
    expect(read(existing)).toMatchObject({
      auditLog: { tableName: 'audit' },
      requiredFields: ['email', 'action'],
    });
  });

  test('are none unless they are set', () => {
    expect(readConfiguration({ stage: 'dev' }).requiredFields).toEqual([]);
  });
});

describe('the mapping of OCSF events', () => {
  test('depends on everything that decides an event, and on nothing else', () => {
    const mappingOf = (context: object) => readConfiguration({ stage: 'prod', ...context }).ocsf.mapping;
    const actionsFile = written('{"rules": [{"exact": "Signed in", "verb": "login"}]}');
    const changes = [
      {},
      { productName: 'Example' },
      { vendorName: 'Example' },
      { ocsfVersion: '1.8.0' },
      { actionsFile },
    ];
    expect(new Set(changes.map(mappingOf)).size).toBe(changes.length);
    expect(mappingOf({ actionsFile: defaultActionsFile })).toBe(mappingOf({}));
  });
});

describe('a configuration in a file of its own', () => {
  test('takes the place of the object in cdk.json; single settings still go over it', () => {
    const configFile = written('{"stage": "prod", "settleMinutes": 3, "vpc": {"egressAddresses": 1}}');
    const context = {
      'siem-export': { stage: 'dev', maxConcurrency: 7 },
      configFile,
      vpcCidr: '10.1.0.0/16',
    };
    expect(readConfiguration(context)).toMatchObject({
      stage: 'prod',
      settleMinutes: 3,
      maxConcurrency: 50,
      vpc: { egressAddresses: 1, cidr: '10.1.0.0/16' },
    });
  });

  test.each([
    ['stage: prod', 'is not JSON'],
    ['["prod"]', 'configFile: expected an object'],
  ])('that says %s is refused', (text, expected) => {
    expect(faultsOf({ configFile: written(text) })).toContain(expected);
  });
});

test('docs/operator/settings.md has a row for every setting, and for none that there is not', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/operator/settings.md'), 'utf8');
  const rows = tableRows(page)
    .slice(2)
    .map(([name]) => plainText(name));
  expect(rows.sort()).toEqual([...settingNames].sort());
});

describe('a wrong configuration', () => {
  test('is refused with every fault at once', () => {
    const message = faultsOf({
      stage: 'Prod!',
      settleMinutes: '1441',
      alarmEmail: 'nobody',
      maxConcurrency: 1,
    });
    expect(message).toContain('stage: expected the name of the stage');
    expect(message).toContain('settleMinutes: expected a whole number from 0 to 1440');
    expect(message).toContain('alarmEmail: expected an e-mail address');
    expect(message).toContain('maxConcurrency: expected a whole number from 2 to 1000');
  });

  test.each([
    [{}, 'stage: expected the name of the stage'],
    [{ stage: 'dev', settleminutes: 5 }, 'settleminutes: there is no such setting'],
    [{ stage: 'dev', recountAfterHours: '0' }, 'recountAfterHours: expected a whole number from 1 to 720'],
    [{ stage: 'dev', settleMinutes: 120, recountAfterHours: 2 }, 'recountAfterHours: expected a longer time'],
    [{ 'siem-export': { stage: 'dev', region2: 'x' } }, 'region2: there is no such setting'],
    [{ 'siem-export': { stage: 'dev', auditLog: { name: 'x' } } }, 'auditLog.name: there is no such setting'],
    [
      { 'siem-export': { stage: 'dev', auditLog: { required: ['mail'] } } },
      'auditLog.required.0: expected one of date, email',
    ],
    [{ 'siem-export': 'prod' }, 'siem-export: expected an object'],
    [{ stage: 'dev', productName: '' }, 'productName: expected the name of your product'],
    [{ stage: 'dev', vendorName: 'x'.repeat(65) }, 'vendorName: expected the name of your company'],
    [{ stage: 'dev', ocsfVersion: '1.2.0' }, 'ocsfVersion: expected 1.1.0 or 1.8.0'],
    [{ stage: 'Not One', actionsFile: 'nowhere.json' }, 'actionsFile: nowhere.json cannot be read'],
    [{ stage: 'dev', auditLogSortKey: 'at' }, 'auditLog: expected either tableName or tableArn'],
    [
      { stage: 'dev', auditLogTableName: 'audit', auditLogSortKeyType: 'seconds' },
      'expected iso or epochMilliseconds',
    ],
    [{ stage: 'dev', auditLogTableArn: 'audit' }, 'auditLog.tableArn: expected arn:aws:dynamodb:'],
    [
      { stage: 'dev', auditLogTableArn: tableArn, auditLogRegion: 'eu-west-1' },
      'auditLog.region: expected no region beside tableArn',
    ],
    [
      { stage: 'dev', auditLogTableName: 'audit', auditLogTableArn: tableArn },
      'auditLog: expected either tableName or tableArn',
    ],
    [
      { stage: 'dev', auditLogTableArn: tableArn, auditLogKmsKeyArn: keyArn },
      'auditLog.kmsKeyArn: expected a key of the table’s region, eu-west-1',
    ],
    [
      { stage: 'dev', auditLogTableName: 'audit', auditLogSortKey: 'accountId' },
      'auditLog.sortKey: expected another attribute than the partition key',
    ],
    [
      { stage: 'dev', auditLogTableName: 'audit', auditLogRegion: 'Frankfurt' },
      'auditLog.region: expected a region',
    ],
    [{ stage: 'dev', encryptionKeyArn: 'alias/mine' }, 'encryptionKeyArn: expected arn:aws:kms:'],
    [
      { stage: 'dev', encryptionKeyArn: keyArn, region: 'eu-west-1' },
      'encryptionKeyArn: expected a key of the stage’s region, eu-west-1',
    ],
    [{ stage: 'dev', permissionsBoundaryArn: 'boundary' }, 'permissionsBoundaryArn: expected arn:aws:iam::'],
    [{ stage: 'dev', vpcCidr: '8.8.8.0/24' }, 'vpc.cidr: expected a private IPv4 range'],
    [{ stage: 'dev', vpcEgressAddresses: 3 }, 'vpc.egressAddresses: expected a whole number from 1 to 2'],
    [{ 'siem-export': { stage: 'dev', vpc: true } }, 'vpc: '],
    ...[['us-east-1a'], ['us-east-1a', 'us-east-1b', 'us-east-1c'], 'us-east-1a'].map(
      (zones): [Record<string, unknown>, string] => [
        { 'siem-export': { stage: 'dev', vpc: { availabilityZones: zones } } },
        'vpc.availabilityZones: expected two availability zones',
      ],
    ),
    [
      { 'siem-export': { stage: 'dev', vpc: { availabilityZones: ['use1-az1', 'us-east-1b'] } } },
      'vpc.availabilityZones.0: expected the name of an availability zone such as eu-central-1a',
    ],
    [
      { 'siem-export': { stage: 'dev', vpc: { availabilityZones: ['us-east-1b', 'us-east-1b'] } } },
      'vpc.availabilityZones: expected two different availability zones',
    ],
    [
      {
        region: 'eu-west-1',
        'siem-export': { stage: 'dev', vpc: { availabilityZones: ['us-east-1a', 'us-east-1b'] } },
      },
      'vpc.availabilityZones: expected zones of the stage’s region, eu-west-1',
    ],
    [
      { 'siem-export': { stage: 'dev', operators: ['arn:aws:iam::111122223333:root'] } },
      'operators.0: expected arn:aws:iam::<12 digits>:role/<name>, or of a user',
    ],
    [{ configFile: '/nowhere/prod.json' }, 'configFile: /nowhere/prod.json cannot be read'],
    [{ stage: 'dev', partBytes: 4_000_000_000 }, 'partBytes: expected a whole number from'],
    [{ stage: 'dev', logRetentionDays: 42 }, 'logRetentionDays: expected one of 1, 3, 5, 7'],
    [{ stage: 'dev', secretPrefix: 'siem-export/dev' }, 'secretPrefix: expected letters'],
    [{ stage: 'dev', account: 111122223333 }, 'account: expected an AWS account id, 12 digits (in quotes)'],
  ])('%j is refused: %s', (context, expected) => {
    expect(faultsOf(context)).toContain(expected);
  });
});
