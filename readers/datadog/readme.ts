import type { KitInput } from '../kit.ts';
import { attributes, source as logSource } from './names.ts';

export function readme(input: KitInput): string {
  const isAzure = input.source.type === 'azure';
  const { steps, commands, limits } = isAzure ? azureParts(input) : s3Parts(input);
  return `# ${input.product.name} audit log in Datadog

This kit makes Datadog read the audit log in \`${placeOf(input)}\` and put it into Datadog's standard attributes.

## Steps

1. Create the pipeline, before the first file comes: a pipeline changes no log that is there already. The commands are below.
${steps}
4. Create the facets \`@${attributes.email}\`, \`@${attributes.action}\`, \`@${attributes.outcome}\` and \`@${attributes.verb}\`
   under **Logs > Search > Add facet**. Monitors group by facets only.
5. Replace \`REPLACE_WITH_RECIPIENT\` in \`monitors.json\` (for example with \`@slack-security\`), and create the monitors.
6. Run the first query below.

\`\`\`sh
# Needs curl and jq. DD_SITE is your Datadog site, such as datadoghq.eu; both keys stay in variables.
datadog() {
  curl --silent --show-error --fail-with-body "https://api.$DD_SITE/api/v1/$1" --json @- \\
    --config <(printf 'header = "DD-API-KEY: %s"\\nheader = "DD-APPLICATION-KEY: %s"\\n' "$DD_API_KEY" "$DD_APP_KEY")
}
datadog logs/config/pipelines < pipeline.json
jq -c '.[]' monitors.json | while read -r monitor; do datadog monitor <<<"$monitor"; done
\`\`\`

${commands}

## First query

\`\`\`
source:${logSource} @${attributes.verb}:login
\`\`\`

## What becomes what

| record | Datadog |
|---|---|
| \`Date\` | the log's date |
| \`Email\` | \`@${attributes.email}\` |
| \`Action\` | \`@${attributes.action}\`; by your vendor's rules \`@${attributes.verb}\` (login, logout, create, read, update, delete, permission, other) and \`@${attributes.outcome}\` (success, failure, unknown). \`@${attributes.rule}\` names the rule for the tables of the pipeline only |
| \`Action ID\` | \`@${attributes.actionId}\` |
| \`Description\` | the log's message |
| \`IP Address\` | \`@${attributes.ipAddress}\` |

## Detections

\`monitors.json\` has three log monitors: 10 failed logins of one user within a day, 50 deletions by one user within a day, and each
change of a permission. The numbers are starting points.

## Limits

${limits}
- **Datadog takes logs from 18 hours back to 2 hours ahead, and discards others.** Before older files are delivered (history, or a repaired
  destination), disable the processor *Date* of the pipeline. The logs then have the time of their arrival, and the attribute \`Date\`.
- A record without a value has no attribute.

## Tried, and not tried

Datadog's own client for its API (1.64.0) reads \`pipeline.json\` and \`monitors.json\` without an unknown part. The rest was compared with the
source of the ${isAzure ? 'function' : 'forwarder'} and Datadog's documentation. Nothing was tried in Datadog itself. Its documentation
does not say how a processor names an attribute with a space; check that \`@${attributes.actionId}\` and \`@${attributes.ipAddress}\` have values.
`;
}

function placeOf({ source, folder }: KitInput): string {
  if (source.type === 'azure') return `https://${source.host}/${source.container}/${folder}`;
  return `${source.type}://${source.bucket}/${folder}`;
}

interface Parts {
  readonly steps: string;
  readonly commands: string;
  readonly limits: string;
}

function s3Parts({ source }: KitInput): Parts {
  const bucket = source.type === 's3' ? source.bucket : '';
  return {
    steps: `2. Install the [Datadog Forwarder](https://docs.datadoghq.com/logs/guide/forwarder/) in the bucket's region, for this audit log only:
   the source that the next step sets holds for all that a forwarder forwards. It keeps the API key in AWS Secrets Manager.
3. Replace \`REPLACE_WITH_FORWARDER_ARN\` in \`notification.json\` and \`REPLACE_WITH_FORWARDER_NAME\` in the commands, and run them.`,
    commands: `\`\`\`sh
# The source. Repeat it after each update of the forwarder's stack, because the template knows no parameter for it.
name=REPLACE_WITH_FORWARDER_NAME
aws lambda get-function-configuration --function-name "$name" --query Environment --output json |
  jq --slurpfile added forwarder-environment.json '.Variables += $added[0]' > environment.json
aws lambda update-function-configuration --function-name "$name" --environment file://environment.json

# The trigger. The bucket's other notifications stay.
aws s3api get-bucket-notification-configuration --bucket ${bucket} |
  jq -s --slurpfile added notification.json \\
    '(.[0] // {}) | .LambdaFunctionConfigurations += $added[0].LambdaFunctionConfigurations' > notifications.json
aws s3api put-bucket-notification-configuration --bucket ${bucket} --notification-configuration file://notifications.json
\`\`\`

The forwarder's role may read every bucket of its AWS account. If a key of your own encrypts the bucket, allow the role
\`kms:Decrypt\` on it. Amazon S3 refuses a second notification for the same prefix and suffix: then send the first to an SNS topic, and both
readers from there.`,
    limits: `- **The forwarder drops a record of more than 512,000 bytes without an error.** A record here can have 1 MB. Look for lines of
  that length in the files if that matters to you.
- A call of the forwarder that fails is repeated twice by AWS Lambda and then lost. Set \`DdStoreFailedEvents\` and
  \`DdScheduleRetryFailedEvents\` of its stack, and an on-failure destination.
- The forwarder reads the files of new notifications only. Files that are there already stay unread.`,
  };
}

/** The version of Datadog's function that the model was made after. */
const functionCommit = '429d0644079a9d947329fba1a23582cde876ee15';

function azureParts({ source }: KitInput): Parts {
  const account = source.type === 'azure' ? source.storageAccount : '';
  return {
    steps: `2. Create a function app for Node.js with a system-assigned identity. Store a Datadog API key in a key vault. Give the identity
   the roles *Key Vault Secrets User* on the vault, and *Storage Blob Data Owner* and *Storage Queue Data Contributor* on the storage
   account \`${account}\`: Azure's trigger for blobs needs both. With them the function could also delete files.
3. Replace \`REPLACE_WITH_SECRET_URI\` and \`REPLACE_WITH_DATADOG_SITE\` in \`app-settings.json\`, \`REPLACE_WITH_APP\` and
   \`REPLACE_WITH_GROUP\` in the commands, and run them. The function is Datadog's
   [blobs_logs_monitoring](https://github.com/DataDog/datadog-serverless-functions/tree/${functionCommit}/azure/blobs_logs_monitoring).`,
    commands: `\`\`\`sh
az functionapp config appsettings set --name REPLACE_WITH_APP --resource-group REPLACE_WITH_GROUP --settings @app-settings.json

# The function: its code is Datadog's index.js, version 1.0.1, its binding is this kit's function.json.
mkdir -p app/siem-export && cp function.json app/siem-export/
curl --fail --location --output app/siem-export/index.js \\
  https://raw.githubusercontent.com/DataDog/datadog-serverless-functions/${functionCommit}/azure/blobs_logs_monitoring/index.js
echo '{"version": "2.0", "extensionBundle": {"id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[4.*, 5.0.0)"}}' > app/host.json
(cd app && zip -r ../app.zip .)
az functionapp deployment source config-zip --name REPLACE_WITH_APP --resource-group REPLACE_WITH_GROUP --src app.zip
\`\`\`

The trigger looks for new blobs itself, so no notification is needed; on a plan that sleeps it may find them late.`,
    limits: `- **The function drops a record of more than 256,000 bytes without an error.** A record here can have 1 MB. Look for lines of
  that length in the files if that matters to you.
- The function unpacks nothing: the account's compression must stay *none*.
- The function makes an empty log of an empty file: the account must skip windows without records.`,
  };
}
