import type { KitInput } from '../kit.ts';
import { keyPrefix, placeholders, queueName } from './names.ts';

/** What the README says of a cloud and its add-on. */
export interface SetUp {
  readonly addOn: string;
  /** The steps in the customer's cloud. */
  readonly cloudSteps: readonly string[];
  /** The step on the screen of the add-on, which keeps the credential. */
  readonly addOnStep: string;
  readonly limits: readonly string[];
}

export function setUpOf(input: KitInput): SetUp {
  const { source } = input;
  switch (source.type) {
    case 's3':
      return amazon(source.bucket, source.region);
    case 'gcs':
      return google(source.bucket);
    case 'azure':
      return azure(source.storageAccount, source.container, input);
  }
}

function amazon(bucket: string, region: string): SetUp {
  return {
    addOn: 'Splunk Add-on for AWS',
    cloudSteps: [
      `**Create the queues and the role** in the AWS account of the bucket. \`SplunkPrincipalArn\` is the user or role with which the
   add-on signs in: here a new user, whose key the add-on asks for later. Put your own AWS account in the place of \`444455556666\`. If the
   user is in another AWS account than the bucket, allow it \`sts:AssumeRole\` on the new role there.

   \`\`\`sh
   export AWS_REGION=${region}
   aws iam create-user --user-name siem-export-splunk
   aws iam create-access-key --user-name siem-export-splunk
   aws cloudformation deploy --stack-name ${queueName} --template-file aws/queue.template.json --capabilities CAPABILITY_IAM \\
     --parameter-overrides SplunkPrincipalArn=arn:aws:iam::444455556666:user/siem-export-splunk
   aws cloudformation describe-stacks --stack-name ${queueName} --query 'Stacks[0].Outputs' --output table
   aws s3api get-bucket-notification-configuration --bucket ${bucket}
   \`\`\``,
      `**Let the bucket tell the queue.** Replace \`${placeholders.queueArn}\` in \`aws/notification.json\` by the output QueueArn. The
   command replaces *all* notifications of the bucket: if the last command showed any, add them to the file first.

   \`\`\`sh
   aws s3api put-bucket-notification-configuration --bucket ${bucket} --notification-configuration file://aws/notification.json
   \`\`\``,
    ],
    addOnStep: `**Add the account and the role** on the add-on's screen (Configuration, Account; then IAM Role with the output RoleArn). The add-on keeps
   the key. Their names there are \`${placeholders.account}\` and \`${placeholders.role}\`; \`${placeholders.queueUrl}\` is the output QueueUrl.`,
    limits: [
      'Files from before the notification are not read. Read them once with the input "Generic S3" of the add-on.',
      'After five failures the message of a file moves to the dead-letter queue (output FailedQueueUrl): set an alarm on it.',
      '`sqs_sns_validation = 0`: the messages come straight from S3 and have no signature of SNS, so the add-on would refuse them all. A version without this check does not know the setting.',
      'If the bucket has a KMS key of your own, allow the role `kms:Decrypt` on it.',
    ],
  };
}

function google(bucket: string): SetUp {
  return {
    addOn: 'Splunk Add-on for Google Cloud Platform',
    cloudSteps: [
      `**Let the bucket tell a subscription.** Write your project's id into the script and the app, and run the script. It makes the topic,
   the subscription with its dead letters, the service account \`${queueName}\`, and the notification of \`gs://${bucket}\` (which needs uniform bucket-level access).

   \`\`\`sh
   sed -i 's/${placeholders.project}/your-project/' gcp/set-up.sh TA-siem-export/default/inputs.conf
   sh gcp/set-up.sh
   \`\`\``,
    ],
    addOnStep: `**Add the service account** on the add-on's screen (Configuration, Google Credentials), with a key that you create for it. The add-on keeps the key:
   delete the file. Its name there is \`${placeholders.account}\`.

   \`\`\`sh
   gcloud iam service-accounts keys create key.json --iam-account=${queueName}@your-project.iam.gserviceaccount.com
   \`\`\``,
    limits: [
      'The input unpacks nothing, so the files are not packed. It decodes pieces of 1 MiB, so the files have only ASCII characters; `\\u` escapes stand for others.',
      'Files from before the notification are not read.',
      `After five failures the message of a file moves to the subscription \`${queueName}-failed\`: set an alarm on it. Messages wait there for seven days.`,
      'If the log of the add-on says that `storage.buckets.get` is missing, give the service account `roles/storage.legacyBucketReader` on the bucket. Its screen lists subscriptions only with `roles/pubsub.viewer` on the project; the file does not need it.',
    ],
  };
}

function azure(storageAccount: string, container: string, { folder, compression }: KitInput): SetUp {
  return {
    addOn: 'Splunk Add-on for Microsoft Cloud Services',
    cloudSteps: [
      `**Make a token that may read and list the container.** It prints the token. Note its end: make a new one before.

   \`\`\`sh
   az storage container generate-sas --account-name ${storageAccount} --name ${container} --permissions rl \\
     --expiry "$(date -u -d '+1 year' +%Y-%m-%dT%H:%MZ)" --https-only --auth-mode key --output tsv
   \`\`\``,
    ],
    addOnStep: `**Add the storage account** on the add-on's screen (Configuration, Azure Storage Account): the account name \`${storageAccount}\`, the
   secret type SAS token, and the token. The add-on keeps it. Its name there is \`${placeholders.account}\`.`,
    limits: [
      `The input polls every five minutes and reads all files whose names begin with \`${keyPrefix(folder)}\`, also those from before it started.`,
      compression === 'gzip'
        ? 'The input unpacks gzip (`blob_compression`), which older versions of the add-on do not; it does not unpack zip.'
        : 'The input unpacks gzip only if `blob_compression` says so, and never zip.',
      'There is no queue and no dead letter: set an alarm on errors in the log of the add-on.',
      'A token of the whole container also reads what else is in it. Use a container of its own.',
    ],
  };
}
