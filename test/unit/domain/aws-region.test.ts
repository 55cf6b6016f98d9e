import { expect, test } from 'vitest';
import { accountFaults } from '../../../lambdas/domain/account.ts';
import { partitionOf } from '../../../lambdas/domain/aws-region.ts';

test.each([
  ['eu-central-1', 'aws'],
  ['ap-southeast-7', 'aws'],
  ['mx-central-1', 'aws'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-east-1', 'aws-us-gov'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['us-iso-west-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eu-isoe-west-1', 'aws-iso-e'],
  ['us-isof-south-1', 'aws-iso-f'],
])('%s is a region of %s', (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
  expect(faultsOf(region)).toEqual([]);
});

test.each(['eu-central', 'EU-Central-1', 'eu_central_1', 'Frankfurt', 'eu-central-1a', ''])(
  '%j is no region',
  region => {
    expect(faultsOf(region)).not.toEqual([]);
  },
);

function faultsOf(region: string): readonly string[] {
  const destination = { type: 's3', bucket: 'acme-audit', region };
  return accountFaults({ accountId: 'acme', timeZone: 'UTC', status: 'active', destination, secretId: 'x' });
}
