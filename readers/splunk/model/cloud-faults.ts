import { isDeepStrictEqual } from 'node:util';
import type { Kit, KitInput } from '../../kit.ts';
import { fileText } from './files.ts';

/** What AWS or Google Cloud would refuse, or what would keep Splunk from a file. */
export function cloudFaults(kit: Kit, { source, folder }: KitInput): string[] {
  switch (source.type) {
    case 's3':
      return differing(kit, 'aws/queue.template.json', template(source.bucket, folder));
    case 'gcs':
      return [
        ...differing(kit, 'gcp/condition.json', {
          title: 'siem-export',
          expression: `resource.name.startsWith("projects/_/buckets/${source.bucket}/objects/${folder}")`,
        }),
        ...commandFaults(fileText(kit, 'gcp/set-up.sh'), source.bucket, folder),
      ];
    case 'azure':
      return [];
  }
}

function differing(kit: Kit, path: string, expected: object): string[] {
  return isDeepStrictEqual(JSON.parse(fileText(kit, path)), expected) ? [] : [`${path} is not as expected`];
}

function commandFaults(script: string, bucket: string, folder: string): string[] {
  const commands = script.split('\n').filter(line => line !== '' && !/^#(?!!)/.test(line));
  const project = '--project="$PROJECT"';
  const splunk = '--member="serviceAccount:siem-export-splunk@$PROJECT.iam.gserviceaccount.com"';
  const agent = '--member="serviceAccount:service-$NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com"';
  const expected = [
    '#!/bin/sh',
    'set -eu',
    'cd "$(dirname "$0")"',
    'PROJECT=REPLACE_WITH_PROJECT_ID',
    `NUMBER=$(gcloud projects describe "$PROJECT" --format='value(projectNumber)')`,
    `gcloud pubsub topics create siem-export-splunk-failed ${project}`,
    `gcloud pubsub subscriptions create siem-export-splunk-failed ${project} --topic=siem-export-splunk-failed --expiration-period=never`,
    `gcloud pubsub topics create siem-export-splunk ${project}`,
    `gcloud pubsub subscriptions create siem-export-splunk ${project} --topic=siem-export-splunk --ack-deadline=600 --message-retention-duration=7d --expiration-period=never --dead-letter-topic=siem-export-splunk-failed --max-delivery-attempts=5`,
    `gcloud pubsub topics add-iam-policy-binding siem-export-splunk-failed ${project} ${agent} --role=roles/pubsub.publisher`,
    `gcloud pubsub subscriptions add-iam-policy-binding siem-export-splunk ${project} ${agent} --role=roles/pubsub.subscriber`,
    `gcloud iam service-accounts create siem-export-splunk ${project}`,
    `gcloud pubsub subscriptions add-iam-policy-binding siem-export-splunk ${project} ${splunk} --role=roles/pubsub.subscriber`,
    `gcloud storage buckets add-iam-policy-binding gs://${bucket} ${splunk} --role=roles/storage.objectViewer --condition-from-file=condition.json`,
    `gcloud storage buckets notifications create gs://${bucket} --topic="projects/$PROJECT/topics/siem-export-splunk" --event-types=OBJECT_FINALIZE --payload-format=json --object-prefix='${folder}audit_'`,
  ];
  return isDeepStrictEqual(commands, expected) ? [] : ['gcp/set-up.sh has other commands than expected'];
}

function template(bucket: string, folder: string) {
  const queueArn = { 'Fn::GetAtt': ['NewFiles', 'Arn'] };
  const failedArn = { 'Fn::GetAtt': ['FailedFiles', 'Arn'] };
  const bucketArn = (rest: string) => ({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${bucket}${rest}`]],
  });
  const queue = { MessageRetentionPeriod: 1209600, SqsManagedSseEnabled: true };
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
      FailedFiles: { Type: 'AWS::SQS::Queue', Properties: queue },
      NewFiles: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          ...queue,
          VisibilityTimeout: 300,
          RedrivePolicy: { deadLetterTargetArn: failedArn, maxReceiveCount: 5 },
        },
      },
      NewFilesPolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'NewFiles' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 's3.amazonaws.com' },
                Action: 'sqs:SendMessage',
                Resource: queueArn,
                Condition: {
                  ArnEquals: { 'aws:SourceArn': bucketArn('') },
                  StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
                },
              },
            ],
          },
        },
      },
      SplunkRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: { Ref: 'SplunkPrincipalArn' } },
                Action: 'sts:AssumeRole',
              },
            ],
          },
          Policies: [
            {
              PolicyName: 'read-files',
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  {
                    Effect: 'Allow',
                    Action: ['s3:GetObject', 's3:GetObjectVersion'],
                    Resource: bucketArn(`/${folder}*`),
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
                    Resource: queueArn,
                  },
                ],
              },
            },
          ],
        },
      },
    },
    Outputs: {
      QueueUrl: { Value: { Ref: 'NewFiles' } },
      QueueArn: { Value: queueArn },
      FailedQueueUrl: { Value: { Ref: 'FailedFiles' } },
      RoleArn: { Value: { 'Fn::GetAtt': ['SplunkRole', 'Arn'] } },
    },
  };
}
