/**
 * The name of an AWS region, of every partition. Only the shape: new regions appear more often than this is deployed.
 * `eusc-de-east-1` is one, and so is `us-gov-west-1`.
 */
const name = '[a-z]{2,5}(-[a-z]+){1,3}-\\d{1,2}';

export const regionPattern = new RegExp(`^${name}$`);

/** The name of an availability zone: that of its region and a letter. */
export const availabilityZonePattern = new RegExp(`^${name}[a-z]$`);

/** What the names of a partition's regions begin with. All others are of `aws`. */
const partitions: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['eusc-', 'aws-eusc'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
];

/** The partition of a region, as ARNs have it. Credentials and roles of one mean nothing in another. */
export function partitionOf(region: string): string {
  return partitions.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

/** The parts of an ARN that say where something is; `undefined` if the value is none. */
export function readArn(
  value: unknown,
): { readonly partition: string; readonly region: string; readonly account: string } | undefined {
  if (typeof value !== 'string') return undefined;
  const [, partition, region = '', account = ''] =
    /^arn:(aws[a-z-]*):[a-z0-9-]+:([a-z0-9-]*):(\d{12})?:/.exec(value) ?? [];
  return partition === undefined ? undefined : { partition, region, account };
}
