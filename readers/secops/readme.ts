import type { KitInput, Product, Source } from '../kit.ts';
import { awsRole, placeholders } from './feed.ts';
import { enteredLogType, logType } from './names.ts';

export function readme({ source, folder, product }: KitInput): string {
  return `# ${product.name} in Google SecOps

A feed reads the delivered files, a parser turns each line into a UDM event, and three rules detect what you may want to look at first.

## Set up

1. Create the log type. Open *SIEM Settings > Available Log Types*, click *Request a Log Type*, and under
   *Create a custom log type on your own* enter \`${enteredLogType(product)}\`. Google SecOps names it \`${logType(product)}\`. Wait ten
   minutes until it is known everywhere.
2. Create the parser. Open *SIEM Settings > Parsers*, click *Create Parser*, choose \`${logType(product)}\`, and paste
   \`cbn/siem_export.conf\`. Validate it with lines of \`testdata/raw_logs.ndjson\` and compare the events with
   \`testdata/expected_events.json\`, which are in the same order. Then submit it.
3. ${serviceAccount(source, product)}

${access(source, folder)}
5. Fill in the placeholders of the instance, below and in \`feed.json\`, and create the feed.

${code(`${api}
curl --header "Authorization: Bearer $(gcloud auth print-access-token)" \\
  --header "Content-Type: application/json" --data @feed.json \\
  "$API/${placeholders.instance}/feeds"`)}

6. Create the rules. Open *Detection > Rules & Detections > Rules Editor*, paste each file of \`rules/\`, click *Run Test*, save the
   rule and turn it on.
7. Look at the data. In *Search* run:

${code(`metadata.log_type = "${logType(product)}"`, 'text')}

No file of this kit has a secret, and none needs one: Google's own identity is given the right to read. If you use a key instead, enter it in
*SIEM Settings > Feeds*, which keeps it in Secret Manager, and not in \`feed.json\`.

## How a record is mapped

| record | UDM |
|---|---|
| Date | \`metadata.event_timestamp\` |
| Email | \`principal.user.userid\`, and \`principal.user.email_addresses\` if it is an address; for a login and a logout also \`target.user\` |
| Action | \`metadata.product_event_type\` |
| Action ID | \`metadata.product_log_id\` |
| Description | \`metadata.description\` |
| IP Address | \`principal.ip\` if it is an address |

| what the action does | \`metadata.event_type\` |
|---|---|
| login, logout | \`USER_LOGIN\`, \`USER_LOGOUT\` |
| create, read, update, delete | \`USER_RESOURCE_CREATION\`, \`USER_RESOURCE_ACCESS\`, \`USER_RESOURCE_UPDATE_CONTENT\`, \`USER_RESOURCE_DELETION\` |
| permission | \`USER_RESOURCE_UPDATE_PERMISSIONS\` |
| other | \`USER_UNCATEGORIZED\` |
| any, in a record without an Email | \`GENERIC_EVENT\`, since the other types require a user |

- \`security_result.action\` is \`ALLOW\` for a success and \`BLOCK\` for a failure. It is absent if the outcome is not known.
- A record does not name what was acted on. The types of resources require one, so \`target.resource.name\` is the product.
- A changed permission is not \`USER_CHANGE_PERMISSIONS\`: that type requires the user whose permissions were changed, and a record names
  only who changed them.

## Detections

| rule | detects |
|---|---|
| \`failed_logins\` | five or more failed logins of one user within 15 minutes |
| \`mass_deletion\` | 20 or more deletions by one user within an hour |
| \`permission_changed\` | each changed permission |

## Limits

- The feed unpacks gzip and no zip. A line may have 4 MB; a longer one is left out.
- A feed reads files that are at most 180 days old. For older ones set \`maxLookbackDays\` beside \`sourceDeletionOption\` in \`feed.json\`.
- The feed looks for new files at intervals. It does not delete files.
- Text in IP Address that is not an address, and a value that is neither text nor a number, stay in the raw log only.
- An event without a readable date has the time of ingestion.
- The rules count events by user, so they do not see records without an Email.

## Tried / not tried

Tried: the parser and the rules, in small interpreters that were written after Google's documentation. The settings of the feed were compared with
Google's published API definition.

Not tried: anything in Google SecOps itself, and whether these rights are enough for the feed.
`;
}

function code(text: string, language = 'sh'): string {
  return [`   \`\`\`${language}`, ...text.split('\n').map(line => `   ${line}`), '   ```'].join('\n');
}

const api = 'API=https://chronicle.REPLACE_WITH_LOCATION.rep.googleapis.com/v1';

/** The step in which the customer learns who reads. The API tells the account's number, and only a form its address. */
function serviceAccount(source: Source, product: Product): string {
  if (source.type === 'gcs')
    return `Look up the service account of your feeds. Open *SIEM Settings > Feeds*, click *Add New Feed* and *Configure a single feed*, choose
   the source type *Google Cloud Storage V2* and the log type \`${logType(product)}\`, click *Get Service Account* and copy the address. Leave the
   form: step 5 creates the feed.`;
  return `Look up the service account of your feeds: the answer has its number as \`subjectId\`. The project is its number here.

${code(`${api}
curl --header "Authorization: Bearer $(gcloud auth print-access-token)" \\
  "$API/projects/REPLACE_WITH_PROJECT_NUMBER/locations/REPLACE_WITH_LOCATION/instances/REPLACE_WITH_INSTANCE/feedServiceAccounts:fetchServiceAccountForCustomer"`)}`;
}

/** The step in which the customer lets the feed read the folder. */
function access(source: Source, folder: string): string {
  switch (source.type) {
    case 's3':
      return `4. Let the feed read the folder. Put the \`subjectId\` of the answer into \`access/trust-policy.json\` and \`feed.json\`, and the number of your
   AWS account into \`feed.json\`. If the bucket is encrypted with a KMS key, also allow the role \`kms:Decrypt\` with it.

${code(`aws iam create-role --role-name ${awsRole} \\
  --assume-role-policy-document file://access/trust-policy.json
aws iam put-role-policy --role-name ${awsRole} --policy-name read-audit-log \\
  --policy-document file://access/read-policy.json`)}
`;
    case 'gcs':
      return `4. Let the feed read the bucket. The role is for the whole bucket, because a role for one folder does not allow the feed to list it.
   The feed itself reads only \`${folder}\`.

${code(`gcloud storage buckets add-iam-policy-binding gs://${source.bucket} \\
  --member=serviceAccount:REPLACE_WITH_SERVICE_ACCOUNT --role=roles/storage.objectViewer`)}
`;
    case 'azure':
      return `4. Let the feed read the container. Put the \`subjectId\` of the answer into \`access/federated-credential.json\` and \`feed.json\`, the
   application's id (the first command prints it) below and into \`feed.json\`, and the id of your tenant into \`feed.json\`.

${code(`az ad app create --display-name siem-export-secops --query appId --output tsv
az ad sp create --id ${placeholders.azureClient}
az ad app federated-credential create --id ${placeholders.azureClient} \\
  --parameters @access/federated-credential.json
az role assignment create --assignee ${placeholders.azureClient} --role 'Storage Blob Data Reader' \\
  --scope ${containerScope(source)}`)}
`;
  }
}

function containerScope({ storageAccount, container }: Source & { type: 'azure' }): string {
  return [
    '/subscriptions/REPLACE_WITH_SUBSCRIPTION_ID/resourceGroups/REPLACE_WITH_RESOURCE_GROUP',
    `providers/Microsoft.Storage/storageAccounts/${storageAccount}`,
    `blobServices/default/containers/${container}`,
  ].join('/');
}
