import * as z from 'zod';

/** The example account that a stack is made in. */
export const account = '123456789012';
const workspaceId = '00000000-1111-2222-3333-444444444444';
const stackName = 'siem-export-sentinel';

/** What a stack of the kit's template makes for Sentinel, as far as Sentinel can use it. */
export interface Stack {
  /** Whether Sentinel's role may read an object. */
  mayRead(bucket: string, key: string): boolean;
  /** Whether a bucket may send its notifications to the queue that Sentinel reads. */
  mayNotify(bucket: string): boolean;
}

const issuer = 'sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/';
const audience = 'api://1462b192-27f7-4cb9-8523-0f4ecb54b47e';
const policy = <Statement extends z.ZodType>(statement: Statement) =>
  z.strictObject({ Version: z.literal('2012-10-17'), Statement: statement });
const arnOf = (name: string) => z.literal(`<${name}.Arn>`);
/** 14 days, the longest that a queue keeps messages, in seconds. */
const longestRetention = z.literal(1_209_600);

const shape = z.strictObject({
  AWSTemplateFormatVersion: z.literal('2010-09-09'),
  Description: z.string(),
  Parameters: z.strictObject({
    SentinelWorkspaceId: z.strictObject({
      Type: z.literal('String'),
      AllowedPattern: z.string().refine(pattern => new RegExp(`^(?:${pattern})$`).test(workspaceId)),
    }),
    CreateOidcProvider: z.strictObject({
      Type: z.literal('String'),
      AllowedValues: z.tuple([z.literal('true'), z.literal('false')]),
      Default: z.literal('true'),
    }),
  }),
  Conditions: z.strictObject({
    CreatesProvider: z.strictObject({
      'Fn::Equals': z.tuple([z.literal('<CreateOidcProvider>'), z.literal('true')]),
    }),
  }),
  Resources: z.strictObject({
    Provider: z.strictObject({
      Type: z.literal('AWS::IAM::OIDCProvider'),
      Condition: z.literal('CreatesProvider'),
      DeletionPolicy: z.literal('Retain'),
      UpdateReplacePolicy: z.literal('Retain'),
      Properties: z.strictObject({
        Url: z.literal(`https://${issuer}`),
        ClientIdList: z.tuple([z.literal(audience)]),
        ThumbprintList: z.tuple([z.literal('626d44e704d1ceabe3bf0d53397464ac8080142c')]),
      }),
    }),
    DeadLetters: z.strictObject({
      Type: z.literal('AWS::SQS::Queue'),
      Properties: z.strictObject({ MessageRetentionPeriod: longestRetention }),
    }),
    Queue: z.strictObject({
      Type: z.literal('AWS::SQS::Queue'),
      Properties: z.strictObject({
        MessageRetentionPeriod: longestRetention,
        RedrivePolicy: z.strictObject({
          deadLetterTargetArn: arnOf('DeadLetters'),
          maxReceiveCount: z.literal(10),
        }),
      }),
    }),
    QueuePolicy: z.strictObject({
      Type: z.literal('AWS::SQS::QueuePolicy'),
      Properties: z.strictObject({
        Queues: z.tuple([z.literal('<Queue>')]),
        PolicyDocument: policy(
          z.tuple([
            z.strictObject({
              Effect: z.literal('Allow'),
              Principal: z.strictObject({ Service: z.literal('s3.amazonaws.com') }),
              Action: z.literal('sqs:SendMessage'),
              Resource: arnOf('Queue'),
              Condition: z.strictObject({
                ArnLike: z.strictObject({ 'aws:SourceArn': z.string() }),
                StringEquals: z.strictObject({ 'aws:SourceAccount': z.literal(account) }),
              }),
            }),
          ]),
        ),
      }),
    }),
    Role: z.strictObject({
      Type: z.literal('AWS::IAM::Role'),
      DependsOn: z.literal('Provider'),
      Properties: z.strictObject({
        RoleName: z.literal(`OIDC_${stackName}`),
        AssumeRolePolicyDocument: policy(
          z.tuple([
            z.strictObject({
              Effect: z.literal('Allow'),
              Principal: z.strictObject({
                Federated: z.literal(`arn:aws:iam::${account}:oidc-provider/${issuer}`),
              }),
              Action: z.literal('sts:AssumeRoleWithWebIdentity'),
              Condition: z.strictObject({
                StringEquals: z.strictObject({
                  [`${issuer}:aud`]: z.literal(audience),
                  'sts:RoleSessionName': z.literal(`MicrosoftSentinel_${workspaceId}`),
                }),
              }),
            }),
          ]),
        ),
        Policies: z.tuple([
          z.strictObject({
            PolicyName: z.string().regex(/^[\w+=,.@-]+$/),
            PolicyDocument: policy(
              z.tuple([
                z.strictObject({
                  Effect: z.literal('Allow'),
                  Action: z.literal('s3:GetObject'),
                  Resource: z.string(),
                }),
                z.strictObject({
                  Effect: z.literal('Allow'),
                  Action: z.tuple([
                    z.literal('sqs:ReceiveMessage'),
                    z.literal('sqs:DeleteMessage'),
                    z.literal('sqs:ChangeMessageVisibility'),
                    z.literal('sqs:GetQueueUrl'),
                    z.literal('sqs:GetQueueAttributes'),
                  ]),
                  Resource: arnOf('Queue'),
                }),
              ]),
            ),
          }),
        ]),
      }),
    }),
  }),
  Outputs: z.strictObject({
    RoleArn: z.strictObject({ Value: arnOf('Role') }),
    QueueUrl: z.strictObject({ Value: z.literal('<Queue>') }),
    QueueArn: z.strictObject({ Value: arnOf('Queue') }),
  }),
});

/** @throws Error for a template that CloudFormation refuses, or that does not let Sentinel in */
export function createStack(templateText: string): Stack {
  const { Resources } = shape.parse(resolved(JSON.parse(templateText)));
  const sources = arnPattern(
    Resources.QueuePolicy.Properties.PolicyDocument.Statement[0].Condition.ArnLike['aws:SourceArn'],
  );
  const objects = arnPattern(Resources.Role.Properties.Policies[0].PolicyDocument.Statement[0].Resource);
  return {
    mayNotify: bucket => sources.test(`arn:aws:s3:::${bucket}`),
    mayRead: (bucket, key) => objects.test(`arn:aws:s3:::${bucket}/${key}`),
  };
}

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': account,
  'AWS::StackName': stackName,
  SentinelWorkspaceId: workspaceId,
};

function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref: reference, 'Fn::GetAtt': attribute, 'Fn::Sub': template } = value as Record<string, unknown>;
  if (typeof reference === 'string') return pseudoParameters[reference] ?? `<${reference}>`;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (typeof template === 'string') return substituted(template);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolved(member)]));
}

function substituted(template: string): string {
  return template.replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal, name) => {
    if (literal) return `\${${name}}`;
    const value = pseudoParameters[name];
    if (value === undefined) throw new Error(`The stack has no ${name}`);
    return value;
  });
}

/** In a policy `*` and `?` are wildcards, and `${*}`, `${?}` and `${$}` are these characters. */
function arnPattern(pattern: string): RegExp {
  const parts = pattern.replaceAll(/\$\{([*?$])\}|[\s\S]/g, (part, character) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return (character ?? part).replace(/[\\^$.+*?()[\]{}|]/, String.raw`\$&`);
  });
  return new RegExp(`^${parts}$`, 's');
}
