import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { synthesize } from './synthesis.ts';
import { resourcesOf } from './template-reading.ts';

const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000';

describe('a key of one’s own', () => {
  const template = synthesize({ encryptionKeyArn: keyArn });

  test('takes the place of the stack’s', () => {
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.resourceCountIs('AWS::KMS::Alias', 0);
    template.hasOutput('EncryptionKeyArn', { Value: keyArn });
  });

  test('encrypts every table, the queue with its dead letters, and the topic', () => {
    template.allResourcesProperties('AWS::DynamoDB::Table', { SSESpecification: { KMSMasterKeyId: keyArn } });
    template.resourcePropertiesCountIs('AWS::SQS::Queue', { KmsMasterKeyId: keyArn }, 2);
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: keyArn });
  });

  test('is the one that the functions may use', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: Match.arrayWith(['kms:GenerateDataKey']), Resource: keyArn }),
        ]),
      },
    });
  });
});

test('a permissions boundary bounds every role, with a network too', () => {
  const permissionsBoundaryArn = 'arn:aws:iam::111122223333:policy/boundary';
  const template = synthesize({ permissionsBoundaryArn, vpcEgressAddresses: 1 });
  const roles = Object.values(resourcesOf<{ PermissionsBoundary?: string }>(template, 'AWS::IAM::Role'));
  expect(roles.length).toBeGreaterThan(3);
  for (const { PermissionsBoundary } of roles) expect(PermissionsBoundary).toBe(permissionsBoundaryArn);
});

describe('an audit log in another region of the same account', () => {
  const template = synthesize({ auditLogTableName: 'vendor-audit', auditLogRegion: 'ap-south-1' });

  test('is read there by its name', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'siem-export-dev-exporter',
      Environment: { Variables: { AUDIT_LOG_TABLE: 'vendor-audit', AUDIT_LOG_REGION: 'ap-south-1' } },
    });
  });

  test('is what the exporter may query, and only there', () => {
    const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
    expect(policies).toContain(':dynamodb:ap-south-1:');
  });
});
