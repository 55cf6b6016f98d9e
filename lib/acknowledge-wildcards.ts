import { Stack, Validations } from 'aws-cdk-lib';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { IConstruct } from 'constructs';

/** Tells cdk-nag why each of these resources with a wildcard stands in a policy below the construct. */
export function acknowledgeWildcards(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [arn, reason] of Object.entries(reasons)) {
    const finding = flattenCfnReference(Stack.of(construct).resolve(arn));
    Validations.of(construct).acknowledge({ id: `AwsSolutions-IAM5[Resource::${finding}]`, reason });
  }
}
