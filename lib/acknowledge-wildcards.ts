import { Stack, Validations } from 'aws-cdk-lib';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { IConstruct } from 'constructs';

/** Gives cdk-nag the reason for each resource with a wildcard in the policies of a construct. */
export function acknowledgeWildcards(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [arn, reason] of Object.entries(reasons)) {
    const finding = flattenCfnReference(Stack.of(construct).resolve(arn));
    Validations.of(construct).acknowledge({ id: `AwsSolutions-IAM5[Resource::${finding}]`, reason });
  }
}
