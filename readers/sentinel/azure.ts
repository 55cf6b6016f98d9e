import type { KitInput, Source } from '../kit.ts';
import { placeholders, queues } from './names.ts';

type Container = Extract<Source, { type: 'azure' }>;

/** Sentinel's application in Azure's public cloud, as its documentation names it. */
const application = '4f05ce56-95b6-4612-9d98-a45c8cc33f9f';

/** Commands that make the queues, let Sentinel's application use them, and tell it of the account's new files. */
export function azureScript({ folder }: KitInput, { storageAccount, container }: Container): string {
  const created = `"$storage/queueServices/default/queues/${queues.created}"`;
  const dead = `"$storage/queueServices/default/queues/${queues.dead}"`;
  const files = `"$storage/blobServices/default/containers/${container}"`;
  return `#!/bin/sh
# Run it once, as an Owner of the storage account who is its Storage Queue Data Contributor, too.
set -eu
az account set --subscription ${placeholders.storageSubscription}
storage="$(az storage account show --name ${storageAccount} --resource-group ${placeholders.storageResourceGroup} --query id --output tsv)"

# Sentinel's application, with rights to read the files and to work through the queues.
principal="$(az ad sp list --filter "appId eq '${application}'" --query '[0].id' --output tsv)"
[ -n "$principal" ] || principal="$(az ad sp create --id ${application} --query id --output tsv)"

az storage queue create --name ${queues.created} --account-name ${storageAccount} --auth-mode login
az storage queue create --name ${queues.dead} --account-name ${storageAccount} --auth-mode login
${assignment('Storage Blob Data Reader', files)}
${assignment('Storage Queue Data Contributor', created)}
${assignment('Storage Queue Data Contributor', dead)}

# Only the files of this account: other files in the container never reach the queue.
az eventgrid event-subscription create --name siem-export-sentinel --source-resource-id "$storage" --endpoint-type storagequeue --endpoint ${created} --included-event-types Microsoft.Storage.BlobCreated --subject-case-sensitive true --subject-begins-with ${quoted(`/blobServices/default/containers/${container}/blobs/${folder}`)} --subject-ends-with .json.gz
`;
}

function assignment(role: string, scope: string): string {
  return `az role assignment create --assignee-object-id "$principal" --assignee-principal-type ServicePrincipal --role '${role}' --scope ${scope}`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
