import type { KitInput, Source } from '../kit.ts';

type Bucket = Extract<Source, { type: 's3' }>;

/** Sentinel's identity in Azure's public cloud, as its documentation names it. */
const issuer = 'sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/';
const audience = 'api://1462b192-27f7-4cb9-8523-0f4ecb54b47e';
const thumbprint = '626d44e704d1ceabe3bf0d53397464ac8080142c';

/** The template for CloudFormation: the queue for the bucket's notifications, and the role that Sentinel takes. */
export function awsTemplate({ folder }: KitInput, { bucket }: Bucket) {
  const bucketArn = sub(`arn:\${AWS::Partition}:s3:::${bucket}`);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Lets Microsoft Sentinel read the files of an audit log',
    Parameters: {
      SentinelWorkspaceId: {
        Type: 'String',
        AllowedPattern: '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}',
      },
      CreateOidcProvider: { Type: 'String', AllowedValues: ['true', 'false'], Default: 'true' },
    },
    Conditions: { CreatesProvider: { 'Fn::Equals': [{ Ref: 'CreateOidcProvider' }, 'true'] } },
    Resources: {
      Provider: {
        Type: 'AWS::IAM::OIDCProvider',
        Condition: 'CreatesProvider',
        // Other connectors of Sentinel use the same provider.
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: { Url: `https://${issuer}`, ClientIdList: [audience], ThumbprintList: [thumbprint] },
      },
      DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600 } },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          MessageRetentionPeriod: 1_209_600,
          RedrivePolicy: { deadLetterTargetArn: arnOf('DeadLetters'), maxReceiveCount: 10 },
        },
      },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: policy({
            Effect: 'Allow',
            Principal: { Service: 's3.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: arnOf('Queue'),
            Condition: {
              ArnLike: { 'aws:SourceArn': bucketArn },
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            },
          }),
        },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        DependsOn: 'Provider',
        Properties: {
          // Sentinel takes no role whose name begins otherwise.
          RoleName: sub(`OIDC_\${AWS::StackName}`),
          AssumeRolePolicyDocument: policy({
            Effect: 'Allow',
            Principal: {
              Federated: sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:oidc-provider/${issuer}`),
            },
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: {
                [`${issuer}:aud`]: audience,
                // Without the workspace, every customer of Sentinel could take the role.
                'sts:RoleSessionName': sub(`MicrosoftSentinel_\${SentinelWorkspaceId}`),
              },
            },
          }),
          Policies: [
            {
              PolicyName: 'ReadAuditLog',
              PolicyDocument: policy(
                {
                  Effect: 'Allow',
                  Action: 's3:GetObject',
                  Resource: sub(`arn:\${AWS::Partition}:s3:::${bucket}/${inPolicy(folder)}*`),
                },
                {
                  Effect: 'Allow',
                  Action: [
                    'sqs:ReceiveMessage',
                    'sqs:DeleteMessage',
                    'sqs:ChangeMessageVisibility',
                    'sqs:GetQueueUrl',
                    'sqs:GetQueueAttributes',
                  ],
                  Resource: arnOf('Queue'),
                },
              ),
            },
          ],
        },
      },
    },
    Outputs: {
      RoleArn: { Value: arnOf('Role') },
      QueueUrl: { Value: { Ref: 'Queue' } },
      QueueArn: { Value: arnOf('Queue') },
    },
  };
}

/** In a policy these characters are wildcards and variables; `${!` keeps CloudFormation from replacing the rest. */
function inPolicy(key: string): string {
  return key.replaceAll(/[*?$]/g, character => `\${!${character}}`);
}

const sub = (text: string) => ({ 'Fn::Sub': text });
const arnOf = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });
const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
