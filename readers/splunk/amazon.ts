import { bucketNotification } from '../amazon/bucket-notification.ts';
import type { KitFile, KitInput } from '../kit.ts';
import { placeholders, queueName } from './names.ts';

/** The queues and the role as a CloudFormation template, and the notification of the bucket, which exists already. */
export function amazonFiles(bucket: string, input: KitInput): KitFile[] {
  const notification = bucketNotification(input, { QueueArn: placeholders.queueArn }, queueName);
  return [
    { path: 'aws/queue.template.json', text: jsonText(template(bucket, input.folder)) },
    { path: 'aws/notification.json', text: jsonText(notification) },
  ];
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const retentionSeconds = 14 * 24 * 60 * 60;

function template(bucket: string, folder: string) {
  const bucketArn = arn(`s3:::${bucket}`);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Tells Splunk of new files of SIEM export, and lets Splunk read them',
    Parameters: {
      SplunkPrincipalArn: {
        Type: 'String',
        Description: 'ARN of the user or role with which the Splunk Add-on for AWS signs in',
        AllowedPattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/.+$',
      },
    },
    Resources: {
      FailedFiles: {
        Type: 'AWS::SQS::Queue',
        Properties: { MessageRetentionPeriod: retentionSeconds, SqsManagedSseEnabled: true },
      },
      NewFiles: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: 300,
          MessageRetentionPeriod: retentionSeconds,
          SqsManagedSseEnabled: true,
          RedrivePolicy: { deadLetterTargetArn: attribute('FailedFiles'), maxReceiveCount: 5 },
        },
      },
      NewFilesPolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'NewFiles' }],
          PolicyDocument: policy({
            Effect: 'Allow',
            Principal: { Service: 's3.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: attribute('NewFiles'),
            Condition: {
              ArnEquals: { 'aws:SourceArn': bucketArn },
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            },
          }),
        },
      },
      SplunkRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: policy({
            Effect: 'Allow',
            Principal: { AWS: { Ref: 'SplunkPrincipalArn' } },
            Action: 'sts:AssumeRole',
          }),
          Policies: [
            {
              PolicyName: 'read-files',
              PolicyDocument: policy(
                {
                  Effect: 'Allow',
                  Action: ['s3:GetObject', 's3:GetObjectVersion'],
                  Resource: arn(`s3:::${bucket}/${iamLiteral(folder)}*`),
                },
                {
                  Effect: 'Allow',
                  Action: [
                    'sqs:GetQueueUrl',
                    'sqs:GetQueueAttributes',
                    'sqs:ReceiveMessage',
                    'sqs:ChangeMessageVisibility',
                    'sqs:DeleteMessage',
                  ],
                  Resource: attribute('NewFiles'),
                },
              ),
            },
          ],
        },
      },
    },
    Outputs: {
      QueueUrl: { Value: { Ref: 'NewFiles' } },
      QueueArn: { Value: attribute('NewFiles') },
      FailedQueueUrl: { Value: { Ref: 'FailedFiles' } },
      RoleArn: { Value: attribute('SplunkRole') },
    },
  };
}

function policy(...statements: object[]) {
  return { Version: '2012-10-17', Statement: statements };
}

function attribute(resource: string) {
  return { 'Fn::GetAtt': [resource, 'Arn'] };
}

/** A join, because a folder may have the `${` of a substitution. */
function arn(rest: string) {
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${rest}`]] };
}

/** `*`, `?` and `$` mean something in a policy's ARN; `${*}` is the character itself. */
function iamLiteral(text: string): string {
  return text.replaceAll(/[*?$]/g, character => `\${${character}}`);
}
