import type { KitInput } from '../kit.ts';
import type { SourceOf } from './names.ts';

const days = 24 * 60 * 60;

/** A CloudFormation template: the queue that tells Filebeat of new files, its dead letters, and a policy for Filebeat. */
export function queueTemplate({ folder }: KitInput, { bucket }: SourceOf<'s3'>) {
  const bucketArn = join('arn:', { Ref: 'AWS::Partition' }, `:s3:::${bucket}`);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Tells Filebeat of new audit log files in a bucket',
    Resources: {
      DeadLetters: {
        Type: 'AWS::SQS::Queue',
        Properties: { MessageRetentionPeriod: 14 * days },
      },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          MessageRetentionPeriod: 14 * days,
          // As long as Filebeat's own visibility_timeout.
          VisibilityTimeout: 300,
          RedrivePolicy: { deadLetterTargetArn: arnOf('DeadLetters'), maxReceiveCount: 10 },
        },
      },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 's3.amazonaws.com' },
                Action: 'sqs:SendMessage',
                Resource: arnOf('Queue'),
                Condition: {
                  ArnEquals: { 'aws:SourceArn': bucketArn },
                  StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
                },
              },
            ],
          },
        },
      },
      ReaderPolicy: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          Description: 'Lets Filebeat read the files and the queue',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: 's3:GetObject',
                Resource: join('arn:', { Ref: 'AWS::Partition' }, `:s3:::${bucket}/${literal(folder)}*`),
              },
              {
                Effect: 'Allow',
                Action: [
                  'sqs:ReceiveMessage',
                  'sqs:ChangeMessageVisibility',
                  'sqs:DeleteMessage',
                  'sqs:GetQueueAttributes',
                ],
                Resource: arnOf('Queue'),
              },
            ],
          },
        },
      },
    },
    Outputs: {
      QueueUrl: { Value: { Ref: 'Queue' } },
      QueueArn: { Value: arnOf('Queue') },
      DeadLettersUrl: { Value: { Ref: 'DeadLetters' } },
      ReaderPolicyArn: { Value: { Ref: 'ReaderPolicy' } },
    },
  };
}

/** In a policy these three would stand for other characters, or begin a variable. */
const literal = (key: string) => key.replaceAll(/[*?$]/g, character => `\${${character}}`);

const join = (...parts: readonly unknown[]) => ({ 'Fn::Join': ['', parts] });

const arnOf = (resource: string) => ({ 'Fn::GetAtt': [resource, 'Arn'] });
