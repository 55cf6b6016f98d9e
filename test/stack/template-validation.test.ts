import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnResource } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterAll, describe, expect, test } from 'vitest';
import { createApp } from '../../lib/app.ts';
import { alarmEmail, cdkContext, inlineCode } from './synthesis.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const ownEverything = {
  encryptionKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000',
  permissionsBoundaryArn: 'arn:aws:iam::111122223333:policy/boundary',
  auditLogTableArn: 'arn:aws:dynamodb:eu-west-1:444455556666:table/audit',
};

const context = { ...cdkContext, alarmEmail };

function build(settings: object = {}) {
  const outputFolder = mkdtempSync(join(tmpdir(), 'siem-export-validate-'));
  folders.push(outputFolder);
  return {
    outputFolder,
    ...createApp({ code: inlineCode, context: { ...context, ...settings }, outputFolder }),
  };
}

describe('the template', () => {
  test.each([
    ['as it is', {}],
    ['with a network', { vpcEgressAddresses: 2 }],
    [
      'with a network in zones that the configuration names',
      { 'siem-export': { stage: 'dev', vpc: { availabilityZones: ['us-east-1b', 'us-east-1d'] } } },
    ],
    ['with everything of one’s own', ownEverything],
    ['with tags', { 'siem-export': { stage: 'dev', tags: { owner: 'audit' } } }],
  ])('is accepted by CloudFormation’s own schemas and by cdk-nag %s, without a warning', (_, settings) => {
    const { app, outputFolder } = build(settings);
    app.synth();
    const report = readFileSync(join(outputFolder, 'validation-report.json'), 'utf8');
    const { pluginReports } = JSON.parse(report) as { pluginReports: { violations: unknown[] }[] };
    expect(pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  test.each([
    ['a value outside its list', { BillingMode: 'PAY_SOMETIME' }],
    ['a property that there is not', { ThroughputMode: 'fast' }],
    ['a value of the wrong type', { KeySchema: 'accountId' }],
  ])('would be refused with %s', (_, properties) => {
    const { app, stack } = build();
    const table = stack.node
      .findAll()
      .find(
        (construct): construct is CfnResource =>
          CfnResource.isCfnResource(construct) && construct.cfnResourceType === 'AWS::DynamoDB::Table',
      );
    for (const [name, value] of Object.entries(properties)) table?.addPropertyOverride(name, value);
    expect(() => app.synth()).toThrow(/CloudFormation Validate/);
  });

  test('would be refused with what cdk-nag forbids', () => {
    const { app, stack } = build();
    new Topic(stack, 'PlainText');
    expect(() => app.synth()).toThrow(/AwsSolutions-SNS3/);
  });
});
