import type { KitFile } from '../kit.ts';
import { inputName, keyPrefix, placeholders, queueName } from './names.ts';

const failedName = `${queueName}-failed`;
const account = `${queueName}@$PROJECT.iam.gserviceaccount.com`;

/** A script that lets the bucket tell a subscription of new files, and lets Splunk read both. */
export function googleFiles(bucket: string, folder: string): KitFile[] {
  return [
    { path: 'gcp/set-up.sh', text: script(bucket, folder) },
    { path: 'gcp/condition.json', text: `${JSON.stringify(condition(bucket, folder), null, 2)}\n` },
  ];
}

/** In a file, because the flag of gcloud splits an expression at its commas. */
function condition(bucket: string, folder: string) {
  const files = celText(`projects/_/buckets/${bucket}/objects/${folder}`);
  return { title: inputName, expression: `resource.name.startsWith(${files})` };
}

function script(bucket: string, folder: string): string {
  const pubsubAgent = 'serviceAccount:service-$NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com';
  return `#!/bin/sh
set -eu
cd "$(dirname "$0")"
PROJECT=${placeholders.project}
NUMBER=$(gcloud projects describe "$PROJECT" --format='value(projectNumber)')

# The topic of new files, and the one of messages whose file Splunk failed to read five times
gcloud pubsub topics create ${failedName} --project="$PROJECT"
gcloud pubsub subscriptions create ${failedName} --project="$PROJECT" --topic=${failedName} --expiration-period=never
gcloud pubsub topics create ${queueName} --project="$PROJECT"
gcloud pubsub subscriptions create ${queueName} --project="$PROJECT" --topic=${queueName} --ack-deadline=600 --message-retention-duration=7d --expiration-period=never --dead-letter-topic=${failedName} --max-delivery-attempts=5

# Pub/Sub itself moves failed messages
gcloud pubsub topics add-iam-policy-binding ${failedName} --project="$PROJECT" --member="${pubsubAgent}" --role=roles/pubsub.publisher
gcloud pubsub subscriptions add-iam-policy-binding ${queueName} --project="$PROJECT" --member="${pubsubAgent}" --role=roles/pubsub.subscriber

# The account with which Splunk reads
gcloud iam service-accounts create ${queueName} --project="$PROJECT"
gcloud pubsub subscriptions add-iam-policy-binding ${queueName} --project="$PROJECT" --member="serviceAccount:${account}" --role=roles/pubsub.subscriber
gcloud storage buckets add-iam-policy-binding gs://${bucket} --member="serviceAccount:${account}" --role=roles/storage.objectViewer --condition-from-file=condition.json

# This also lets Cloud Storage publish to the topic
gcloud storage buckets notifications create gs://${bucket} --topic="projects/$PROJECT/topics/${queueName}" --event-types=OBJECT_FINALIZE --payload-format=json --object-prefix=${shellText(keyPrefix(folder))}
`;
}

function shellText(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A text of the Common Expression Language, in which conditions are written. */
function celText(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
