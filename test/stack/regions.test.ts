import { describe, expect, test } from 'vitest';
import { regionPattern } from '../../lambdas/domain/aws-region.ts';
import { synthesize } from './synthesis.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Regions of each partition; several of those with gaps. */
const regions = [
  'us-east-1',
  'us-gov-west-1',
  'us-gov-east-1',
  'cn-north-1',
  'cn-northwest-1',
  'eusc-de-east-1',
];

/**
 * Properties that are missing in the CloudFormation schemas of GovCloud or China (seen until November 2026). The
 * schemas used for synthesis know the types per region, but take the properties from us-east-1.
 */
const unknownSomewhere: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudWatch::Dashboard': ['Tags'],
  'AWS::Events::EventBus': ['Description', 'DeadLetterConfig', 'KmsKeyIdentifier', 'LogConfig'],
  'AWS::Events::Rule': ['Tags'],
  'AWS::Lambda::EventSourceMapping': ['Tags', 'MetricsConfig', 'ProvisionedPollerConfig', 'LoggingConfig'],
};

describe.each(regions)('the template in %s', region => {
  const vpc = { egressAddresses: 2, availabilityZones: [`${region}a`, `${region}b`] };
  const settings = { stage: 'dev', region, recountAfterHours: 24, tags: { owner: 'audit' }, vpc };
  const template = () => synthesize({ account: '111122223333', 'siem-export': settings }).toJSON();

  test('has types only that CloudFormation knows there', () => {
    expect(region).toMatch(regionPattern);
    expect(template).not.toThrow();
  });

  test('has no property that CloudFormation refuses there', () => {
    const found = Object.values(template().Resources as Record<string, Resource>).flatMap(
      ({ Type, Properties = {} }) =>
        (unknownSomewhere[Type] ?? []).flatMap(name => (name in Properties ? [`${Type}.${name}`] : [])),
    );
    expect(found).toEqual([]);
  });

  test('names its partition only', () => {
    const named = JSON.stringify(template()).match(/arn:aws[a-z-]*(?=:)/g) ?? [];
    const partitions: Readonly<Record<string, string>> = { 'us-': 'aws', cn: 'aws-cn', eusc: 'aws-eusc' };
    const partition = region.startsWith('us-gov-')
      ? 'aws-us-gov'
      : partitions[Object.keys(partitions).find(start => region.startsWith(start)) ?? ''];
    expect([...new Set(named)]).toEqual([`arn:${partition}`]);
  });
});
