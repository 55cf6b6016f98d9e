import type { KitInput } from '../kit.ts';
import { googleKeyFile, placeholders, type SourceOf, secrets } from './names.ts';

/** What the README says of the customer's cloud. */
export interface SourceText {
  readonly place: string;
  /** What to tell the vendor, if the input needs it. */
  readonly vendor: string;
  /** The steps in the cloud, without their numbers. */
  readonly steps: readonly string[];
  readonly limits: readonly string[];
}

export function sourceText({ source }: KitInput): SourceText {
  if (source.type === 's3') return s3Text(source);
  if (source.type === 'gcs') return gcsText(source);
  return azureText(source);
}

function s3Text({ bucket, region }: SourceOf<'s3'>): SourceText {
  return {
    place: `the bucket \`${bucket}\` in Amazon S3`,
    vendor: '',
    steps: [
      `**Create the queue** in the AWS account of the bucket. The stack has a queue, a queue for dead letters, and a policy
   for Filebeat. The last command shows the notifications that the bucket already has.

   \`\`\`sh
   aws cloudformation deploy --region ${region} --stack-name siem-export-elastic --template-file queue.json --capabilities CAPABILITY_IAM
   aws cloudformation describe-stacks --region ${region} --stack-name siem-export-elastic --query "Stacks[0].Outputs" --output table
   aws s3api get-bucket-notification-configuration --bucket ${bucket}
   \`\`\`

   Attach the policy \`ReaderPolicyArn\` to the role that Filebeat's machine has. No key of AWS stands in \`filebeat.yml\`.`,
      `**Let the bucket tell the queue.** In \`notification.json\` replace ${placeholders.queueArn} by \`QueueArn\`. The command
   replaces **all** notifications of the bucket: if the last command showed any, add them to the file first.

   \`\`\`sh
   aws s3api put-bucket-notification-configuration --bucket ${bucket} --notification-configuration file://notification.json
   \`\`\``,
    ],
    limits: [
      'Files that were written before step 2 are not read: nobody told the queue of them.',
      `A bucket that is encrypted with a KMS key of your own also needs \`kms:Decrypt\` for Filebeat's role.`,
      'A message whose file failed ten times goes to the dead letters. Set an alarm on `ApproximateNumberOfMessagesVisible` there.',
      'S3 sends a test message when step 2 is done. A Filebeat from before November 2025 logs it as an error and deletes it.',
      'Filebeat cuts a line after 10 MiB. The longest line of the export has less than 1 MiB.',
    ],
  };
}

const emptyFiles = (cloud: string) =>
  `Tell the vendor to set \`emptyWindows\` to \`skip\`: Filebeat's input for ${cloud} fails with an empty file.`;

const polled = [
  'At each poll Filebeat lists the whole bucket or container, then chooses the files by name.',
  'An object with a content type that the input does not know gives one event that says so. The files of the export have one that it knows.',
];

function gcsText({ bucket }: SourceOf<'gcs'>): SourceText {
  const account = `siem-export-reader@${placeholders.projectId}.iam.gserviceaccount.com`;
  return {
    place: `the bucket \`${bucket}\` in Google Cloud Storage`,
    vendor: emptyFiles('Google Cloud Storage'),
    steps: [
      `**Let Filebeat read the bucket.** ${placeholders.projectId} is the id of the bucket's project. The last command writes
   a key file; only the user that runs Filebeat may read it.

   \`\`\`sh
   gcloud iam service-accounts create siem-export-reader --project ${placeholders.projectId}
   gcloud storage buckets add-iam-policy-binding gs://${bucket} --member serviceAccount:${account} --role roles/storage.objectViewer
   gcloud iam service-accounts keys create ${googleKeyFile} --iam-account ${account}
   \`\`\`

   Without a key file: run Filebeat on a machine in Google Cloud that has this service account, and leave the line
   \`auth.credentials_file.path\` out.`,
    ],
    limits: [
      ...polled,
      'A file that cannot be read is tried again three times. Watch `gcs_failed_jobs_total`.',
    ],
  };
}

function azureText({ storageAccount, container }: SourceOf<'azure'>): SourceText {
  return {
    place: `the container \`${container}\` of the storage account \`${storageAccount}\` in Azure`,
    vendor: emptyFiles('Azure Blob Storage'),
    steps: [
      `**Let Filebeat read the container.** The second command prints \`tenant\` (for ${placeholders.tenantId}), \`appId\` (for
   ${placeholders.clientId}) and \`password\`. The password goes into Filebeat's keystore, under the name
   ${secrets.clientSecret}, and nowhere else.

   \`\`\`sh
   SCOPE="$(az storage account show --name ${storageAccount} --query id --output tsv)/blobServices/default/containers/${container}"
   az ad sp create-for-rbac --name siem-export-reader --role "Storage Blob Data Reader" --scopes "$SCOPE"
   filebeat keystore add ${secrets.clientSecret}
   \`\`\`

   A Filebeat from before February 2026 also asks for the blobs' tags, and Azure answers \`AuthorizationPermissionMismatch\`.
   Update Filebeat, or give the role "Storage Blob Data Owner".`,
    ],
    limits: [
      ...polled,
      'A file that cannot be read is not tried again once a newer one was read. Watch Filebeat’s log for `failed to decode blob`.',
      'The password of step 1 is valid for a year. Enter a new one before that, or Filebeat reads nothing more.',
      'A Filebeat from before July 2026 stops this input when Azure cannot list the container for a while. Restart it then.',
      'Sign-in by `auth.oauth2` is Azure’s public cloud only. In another cloud use `auth.shared_credentials.account_key` from the keystore.',
    ],
  };
}
