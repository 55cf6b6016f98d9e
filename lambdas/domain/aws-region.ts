/**
 * The name of an AWS region in any partition, such as `eusc-de-east-1` or `us-gov-west-1`. Checks only the form,
 * because AWS adds regions more often than this code is released.
 */
const name = '[a-z]{2,5}(-[a-z]+){1,3}-\\d{1,2}';

export const regionPattern = new RegExp(`^${name}$`);

/** The name of an availability zone: the region and a letter. */
export const availabilityZonePattern = new RegExp(`^${name}[a-z]$`);

/** The prefixes of region names by partition. All other regions are in the partition `aws`. */
const partitions: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['eusc-', 'aws-eusc'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
];

/** The partition of a region, as in ARNs. Credentials and roles of one partition are not valid in another. */
export function partitionOf(region: string): string {
  return partitions.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

/** The partition, region and account in an ARN; `undefined` if the value is not an ARN. */
export function readArn(
  value: unknown,
): { readonly partition: string; readonly region: string; readonly account: string } | undefined {
  if (typeof value !== 'string') return undefined;
  const [, partition, region = '', account = ''] =
    /^arn:(aws[a-z-]*):[a-z0-9-]+:([a-z0-9-]*):(\d{12})?:/.exec(value) ?? [];
  return partition === undefined ? undefined : { partition, region, account };
}
