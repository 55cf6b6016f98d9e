import type { Template } from 'aws-cdk-lib/assertions';

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  /** For a statement about all actions but some. */
  readonly notActions: readonly string[];
  /** As in the template: an ARN with references as JSON. */
  readonly resources: readonly string[];
  readonly conditions: Readonly<Record<string, unknown>>;
}

interface PolicyProperties {
  readonly PolicyDocument: {
    readonly Statement: readonly {
      readonly Effect: string;
      readonly Action?: string | readonly string[];
      readonly NotAction?: string | readonly string[];
      readonly Resource: unknown;
      readonly Condition?: Record<string, unknown>;
    }[];
  };
  readonly Roles: readonly { readonly Ref: string }[];
}

export function resourcesOf<Properties>(template: Template, type: string): Record<string, Properties> {
  const found = Object.entries(template.findResources(type));
  return Object.fromEntries(found.map(([id, resource]) => [id, resource.Properties as Properties]));
}

/** The permissions of the function’s role in the template’s policies. */
export function statementsOf(template: Template, functionName: string): Statement[] {
  const policies = Object.values(resourcesOf<PolicyProperties>(template, 'AWS::IAM::Policy'));
  const role = roleOf(template, functionName);
  return policies
    .filter(policy => policy.Roles.some(({ Ref }) => Ref === role))
    .flatMap(policy => policy.PolicyDocument.Statement)
    .map(({ Effect, Action = [], NotAction = [], Resource, Condition = {} }) => ({
      effect: Effect,
      actions: [Action].flat() as string[],
      notActions: [NotAction].flat() as string[],
      resources: [Resource].flat().map(resource => JSON.stringify(resource)),
      conditions: Condition,
    }));
}

/** The actions that the function’s role may do on resources whose ARN contains a logical id or name. */
export function allowedOn(template: Template, functionName: string, resource: string): string[] {
  return statementsOf(template, functionName)
    .filter(({ effect, resources }) => effect === 'Allow' && resources.some(arn => arn.includes(resource)))
    .flatMap(({ actions }) => actions)
    .sort();
}

/** The logical id of the function's role. */
function roleOf(template: Template, functionName: string): string {
  const functions = resourcesOf<{ FunctionName: string; Role: { 'Fn::GetAtt': [string, string] } }>(
    template,
    'AWS::Lambda::Function',
  );
  const found = Object.values(functions).find(({ FunctionName }) =>
    FunctionName.endsWith(`-${functionName}`),
  );
  if (found === undefined) throw new Error(`The template has no function ${functionName}`);
  return found.Role['Fn::GetAtt'][0];
}
