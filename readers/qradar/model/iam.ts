/** A policy that allows the actions of its statements. */
export interface Policy {
  readonly Version?: unknown;
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: { readonly StringLike?: Readonly<Record<string, unknown>> };
}

const keys = ['Effect', 'Action', 'Resource', 'Condition'];

/** What IAM would refuse, and what is allowed without need. */
export function faultsOfPolicy(policy: Policy, bucket: string): string[] {
  const { Version, Statement } = policy;
  const isWide =
    allows(policy, 's3:ListBucket', bucket, 'other/') ||
    allows(policy, 's3:GetObject', `${bucket}/other/file`);
  return [
    ...(isWide ? ['iam-policy.json: allows other folders'] : []),
    // Older versions know no variables, so `${*}` would not be an asterisk.
    ...(Version === '2012-10-17' ? [] : ['iam-policy.json: expected the version 2012-10-17']),
    ...Statement.flatMap(statement => [
      ...(statement.Effect === 'Allow' ? [] : ['iam-policy.json: expected the effect Allow']),
      ...Object.keys(statement)
        .filter(key => !keys.includes(key))
        .map(key => `iam-policy.json: unknown element ${key}`),
    ]),
  ];
}

/** Whether the policy allows an action on a resource, in a request with the prefix. */
export function allows(policy: Policy, action: string, resource: string, prefix?: string): boolean {
  return policy.Statement.some(
    ({ Action, Resource, Condition }) =>
      Action === action &&
      isLike(resource, Resource) &&
      Object.entries(Condition?.StringLike ?? {}).every(
        ([key, like]) => key === 's3:prefix' && prefix !== undefined && isLike(prefix, like),
      ),
  );
}

/** Whether IAM's wildcards match: `*`, `?`, and `${*}` for an asterisk. */
function isLike(value: string, pattern: unknown): boolean {
  if (typeof pattern !== 'string') return false;
  const parts = pattern.match(/\$\{[*?$]\}|[\s\S]/gu) ?? [];
  const regex = parts.map(part => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return (part.length > 1 && part.startsWith('$') ? (part[2] ?? '') : part).replace(
      /[\\^$.*+?()[\]{}|/-]/,
      String.raw`\$&`,
    );
  });
  return new RegExp(`^${regex.join('')}$`, 's').test(value);
}
