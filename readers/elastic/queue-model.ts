import { isDeepStrictEqual } from 'node:util';
import type { KitInput } from '../kit.ts';
import { type Fields, isFields } from './ingest-document.ts';

const account = '111122223333';

/** What a template makes, with its references resolved for one account. */
function resolved(value: unknown, region: string): unknown {
  if (Array.isArray(value)) return value.map(member => resolved(member, region));
  if (!isFields(value)) return value;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && name === 'Ref') return pseudo[String(argument)] ?? `ref:${argument}`;
  if (others.length === 0 && name === 'Fn::GetAtt' && Array.isArray(argument)) {
    const [resource, attribute] = argument;
    return attribute === 'Arn' ? arnOf(String(resource), region) : `${resource}.${attribute}`;
  }
  if (others.length === 0 && name === 'Fn::Join' && Array.isArray(argument)) {
    const [separator, parts] = argument;
    const texts = resolved(parts, region);
    return Array.isArray(texts) ? texts.join(String(separator)) : argument;
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolved(member, region)]));
}

const pseudo: Readonly<Record<string, string>> = { 'AWS::Partition': 'aws', 'AWS::AccountId': account };

const arnOf = (resource: string, region: string) => `arn:aws:sqs:${region}:${account}:${resource}`;

/** The template's resources and outputs as AWS needs them so that S3 may send and Filebeat may read. */
function expectedStack(bucket: string, folder: string, region: string): Fields {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: {
      DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600 } },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          MessageRetentionPeriod: 1_209_600,
          VisibilityTimeout: 300,
          RedrivePolicy: { deadLetterTargetArn: arnOf('DeadLetters', region), maxReceiveCount: 10 },
        },
      },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: ['ref:Queue'],
          PolicyDocument: policy({
            Effect: 'Allow',
            Principal: { Service: 's3.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: arnOf('Queue', region),
            Condition: {
              ArnEquals: { 'aws:SourceArn': `arn:aws:s3:::${bucket}` },
              StringEquals: { 'aws:SourceAccount': account },
            },
          }),
        },
      },
      ReaderPolicy: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          PolicyDocument: policy(
            {
              Effect: 'Allow',
              Action: 's3:GetObject',
              Resource: `arn:aws:s3:::${bucket}/${inPolicy(folder)}*`,
            },
            {
              Effect: 'Allow',
              Action: [
                'sqs:ReceiveMessage',
                'sqs:ChangeMessageVisibility',
                'sqs:DeleteMessage',
                'sqs:GetQueueAttributes',
              ],
              Resource: arnOf('Queue', region),
            },
          ),
        },
      },
    },
    Outputs: {
      QueueUrl: { Value: 'ref:Queue' },
      QueueArn: { Value: arnOf('Queue', region) },
      DeadLettersUrl: { Value: 'ref:DeadLetters' },
      ReaderPolicyArn: { Value: 'ref:ReaderPolicy' },
    },
  };
}

/** IAM takes a star in braces behind a dollar sign for the character itself; so for the other two. */
const inPolicy = (text: string) =>
  Array.from(text, character => ('*?$'.includes(character) ? `\${${character}}` : character)).join('');

const policy = (...Statement: readonly Fields[]) => ({ Version: '2012-10-17', Statement });

/** What CloudFormation would refuse, and permissions that are missing or too wide. */
export function faultsOfStack(template: unknown, { folder, source }: KitInput): string[] {
  if (source.type !== 's3') return ['queue.json: only a bucket of Amazon S3 has a queue'];
  const stack = resolved(withoutDescriptions(template), source.region);
  const expected = expectedStack(source.bucket, folder, source.region);
  return isDeepStrictEqual(stack, expected) ? [] : ['queue.json: not what S3 and Filebeat need'];
}

function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'Description')
      .map(([name, member]) => [name, withoutDescriptions(member)]),
  );
}
