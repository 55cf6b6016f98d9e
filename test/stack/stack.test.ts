import { tmpdir } from 'node:os';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../lib/app.ts';
import { exporterRuntimeEnvironment, runtimeEnvironment } from '../../lib/runtime-environment.ts';
import { alarmEmail, cdkContext, inlineCode, synthesize } from './synthesis.ts';
import { resourcesOf } from './template-reading.ts';

const template = synthesize();

describe('tables', () => {
  interface TableProperties {
    readonly TableName: string;
    readonly KeySchema: readonly { AttributeName: string; KeyType: string }[];
    readonly AttributeDefinitions: readonly { AttributeName: string; AttributeType: string }[];
  }
  const tables = resourcesOf<TableProperties>(template, 'AWS::DynamoDB::Table');

  test('keep their logical ids, names and keys, or CloudFormation would replace them', () => {
    const keys = Object.entries(tables).map(([id, { TableName, KeySchema }]) => [
      id,
      TableName,
      ...KeySchema.map(({ AttributeName }) => AttributeName),
    ]);
    expect(keys).toEqual([
      ['AccountsTable', 'siem-export-dev-accounts', 'accountId'],
      ['AuditLogsTable', 'siem-export-dev-audit-logs', 'accountId', 'recordedAt'],
      ['ExportLedgerTable', 'siem-export-dev-export-ledger', 'accountId', 'entry'],
      ['DispatchStateTable', 'siem-export-dev-dispatch-state', 'name'],
    ]);
    for (const { AttributeDefinitions } of Object.values(tables))
      for (const { AttributeType } of AttributeDefinitions) expect(AttributeType).toBe('S');
  });

  test('find accounts by their time zone', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: 'siem-export-dev-accounts',
      GlobalSecondaryIndexes: [
        {
          IndexName: 'timeZone-index',
          KeySchema: [
            { AttributeName: 'timeZone', KeyType: 'HASH' },
            { AttributeName: 'accountId', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
  });

  test('survive the stack, mistakes and a leaked disk', () => {
    template.allResources('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() },
      },
    });
  });

  test('are encrypted with a key that rotates and is kept whenever they are', () => {
    template.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { EnableKeyRotation: true },
    });
  });
});

describe('an existing audit log', () => {
  const tableArn = 'arn:aws:dynamodb:eu-west-1:111122223333:table/vendor-audit';
  const kmsKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000';
  const settings = {
    tableArn,
    kmsKeyArn,
    partitionKey: 'tenant',
    sortKey: 'at',
    sortKeyType: 'epochMilliseconds',
  };
  const existing = synthesize({
    'siem-export': { stage: 'dev', auditLog: { ...settings, attributes: { email: 'actor' } } },
  });

  test('takes the place of the stack’s own', () => {
    existing.resourceCountIs('AWS::DynamoDB::Table', 3);
  });

  test('is read in its own account and region, by its own names', () => {
    existing.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'siem-export-dev-exporter',
      Environment: {
        Variables: {
          AUDIT_LOG_TABLE: tableArn,
          AUDIT_LOG_REGION: 'eu-west-1',
          AUDIT_LOG_PARTITION_KEY: 'tenant',
          AUDIT_LOG_SORT_KEY: 'at',
          AUDIT_LOG_SORT_KEY_TYPE: 'epochMilliseconds',
          AUDIT_LOG_ATTRIBUTES: Match.serializedJson(
            Match.objectLike({ email: 'actor', actionId: 'actionId' }),
          ),
        },
      },
    });
    existing.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 'dynamodb:Query', Resource: tableArn }),
          Match.objectLike({ Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: kmsKeyArn }),
        ]),
      },
    });
  });

  test('can be named in short on the command line', () => {
    synthesize({ auditLogTableName: 'audit' }).hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'siem-export-dev-exporter',
      Environment: { Variables: { AUDIT_LOG_TABLE: 'audit', AUDIT_LOG_SORT_KEY: 'recordedAt' } },
    });
  });
});

describe('functions', () => {
  test.each(['dispatcher', 'exporter', 'watchdog'])(
    'the %s runs on Node 24 and arm64 with source maps',
    name => {
      const runtime = name === 'exporter' ? exporterRuntimeEnvironment : runtimeEnvironment;
      template.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: `siem-export-dev-${name}`,
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Timeout: 900,
        Environment: { Variables: Match.objectLike({ ...runtime, STAGE: 'dev' }) },
      });
      template.hasResourceProperties('AWS::Logs::LogGroup', {
        LogGroupName: `/aws/lambda/siem-export-dev-${name}`,
        RetentionInDays: 90,
      });
    },
  );

  test('the dispatcher runs at every quarter of an hour, by a rule for each', () => {
    const rules = resourcesOf<{ ScheduleExpression: string }>(template, 'AWS::Events::Rule');
    const schedules = Object.values(rules).map(rule => rule.ScheduleExpression);
    for (const minute of [0, 15, 30, 45]) expect(schedules).toContain(`cron(${minute} * * * ? *)`);
    template.allResourcesProperties('AWS::Events::Rule', {
      State: 'ENABLED',
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
    template.resourcePropertiesCountIs(
      'AWS::Lambda::EventInvokeConfig',
      { MaximumRetryAttempts: 2, DestinationConfig: { OnFailure: Match.anyValue() } },
      2,
    );
  });

  test('the exporter takes one message at a time and says which failed', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 50 },
    });
  });
});

describe('the export queue', () => {
  test('outlasts the exporter, and puts aside what fails again and again', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'siem-export-dev-exports',
      VisibilityTimeout: 1200,
      RedrivePolicy: { maxReceiveCount: 8, deadLetterTargetArn: Match.anyValue() },
    });
  });

  test('is encrypted, and so are its dead letters', () => {
    template.resourcePropertiesCountIs('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() }, 2);
  });
});

describe('names', () => {
  test('tell stages apart, so that several fit in one account', () => {
    const { Parameters: _, ...other } = synthesize({ stage: 'prod' }).toJSON();
    expect(JSON.stringify(other)).not.toContain('-dev');
    expect(JSON.stringify(other)).not.toContain('/dev/');
  });

  test('are outputs of the stack, for the command line and the local mode', () => {
    expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
      'AccountsTableName',
      'AuditLogTableName',
      'DashboardName',
      'DispatchStateTableName',
      'EncryptionKeyArn',
      'EventBusName',
      'ExportDeadLetterQueueUrl',
      'ExportLedgerTableName',
      'ExportQueueUrl',
      'ExporterRoleArn',
      'PageTopicArn',
      'SecretPrefix',
      'Stage',
      'TicketTopicArn',
      'TriggerDeadLetterQueueUrl',
      'WatchdogRoleArn',
    ]);
  });

  test('and places can be fixed: account and region are part of the template then', () => {
    const placed = synthesize({ account: '111122223333', region: 'eu-central-1' });
    expect(JSON.stringify(placed.toJSON())).toContain(':secretsmanager:eu-central-1:111122223333:secret:');
  });
});

describe('a stage', () => {
  const stackOf = (settings: object) => {
    const context = { ...cdkContext, alarmEmail, ...settings };
    return createApp({ code: inlineCode, context, outputFolder: tmpdir() }).stack;
  };

  test('cannot be deleted by mistake unless it is for development', () => {
    expect(stackOf({ stage: 'prod' }).terminationProtection).toBe(true);
    expect(stackOf({ stage: 'dev' }).terminationProtection).toBe(false);
  });

  test('has its own tag and those of the configuration on what holds data and costs money', () => {
    const tagged = synthesize({ 'siem-export': { stage: 'dev', tags: { owner: 'audit' } } });
    const tags = [
      { Key: 'owner', Value: 'audit' },
      { Key: 'siem-export:stage', Value: 'dev' },
    ];
    for (const type of ['AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::Lambda::Function', 'AWS::KMS::Key'])
      tagged.allResourcesProperties(type, { Tags: tags });
  });
});
