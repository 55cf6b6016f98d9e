import type { KitInput, Source } from '../kit.ts';
import { detectionsFor } from './detections.ts';
import { type Names, placeholders } from './names.ts';
import type { Transformations } from './transformation.ts';

type Readable = Exclude<Source, { type: 'gcs' }>;

export function readme(input: KitInput, source: Readable, names: Names, transformations: Transformations) {
  const { product } = input;
  const cloud = source.type === 'azure' ? 'Azure Blob Storage' : 'Amazon S3';
  return `# ${product.name} in Microsoft Sentinel

This kit makes Microsoft Sentinel read the audit log of ${product.name} from ${cloud}, and normalises it to ASIM's audit events.

## Steps

${source.type === 'azure' ? azureSteps(source) : awsSteps(source)}

## First query

\`\`\`kusto
${names.table}
| where TimeGenerated > ago(1d)
| project TimeGenerated, Email, Action, Verb, Outcome, IpAddress, Description
| top 20 by TimeGenerated
\`\`\`

If nothing arrives:

\`\`\`kusto
SentinelHealth
| where TimeGenerated > ago(1d)
| where SentinelResourceType == "Data connector" and Status != "Success"
\`\`\`

Switch on "Auditing and health monitoring" in Sentinel's settings first. The diagnostic setting "DCR log errors" of the rule
\`${names.rule}\` writes faults of the parsing into the table \`DCRLogErrors\`.

## What becomes what

Each record becomes a row of \`${names.table}\` and a row of \`ASimAuditEventLogs\`. ASIM's parsers, such as \`_Im_AuditEvent\`, read the second
table without a parser of this kit.

| delivered | \`${names.table}\` | \`ASimAuditEventLogs\` |
|---|---|---|
| Date | TimeGenerated; the text in Date | TimeGenerated, EventStartTime, EventEndTime |
| Email | Email | ActorUsername, with ActorUsernameType |
| Action | Action | Operation, EventOriginalType |
| Action ID | ActionId | EventOriginalUid |
| Description | Description | EventMessage, Object (Action where there is none) |
| IP Address | IpAddress | SrcIpAddr, if it is an address |
| the action's verb | Verb | EventSubType; EventType \`Create\`, \`Read\`, \`Set\` (update, permission), \`Delete\`, or \`Other\` (login, logout and the rest) |
| the action's outcome | Outcome | EventResult \`Success\`, \`Failure\`, or \`NA\` |

${ruleNote(input, transformations)}

## Detections

The template makes three scheduled rules:

${detectionsFor(product)
  .map(({ name, description }) => `- **${product.name}: ${name}.** ${description}`)
  .join('\n')}

They run each hour over what arrived since the last run, because a file brings the events of some hours at once. A series of
events that is divided between two runs is counted in two parts.

## Limits

- Azure Monitor cuts a text after 64 KB. Longer descriptions lose their end.
- A date that cannot be read is replaced by the time of ingestion. The delivered text stays in the column Date.
- Sign-ins are audit events here. They do not go into \`ASimAuthenticationEventLogs\`, so Sentinel's ready-made rules for sign-ins do not see
  them.
- Sentinel may read a file twice after a fault. Count by ActionId where that matters.
- Files that were delivered before the notification was set up are not read.
${cloudLimits(source)}

## Tried / not tried

Tried: the queries and transformations were checked by Kusto's own language service (names, types, the operators that transformations
allow), and the transformations were run on sample records by a small interpreter. The templates were checked against the documented keys.

Not tried: nothing was deployed to Azure${source.type === 'azure' ? '' : ' or AWS'}, and nothing was read by Sentinel itself.

- Microsoft documents no column names with spaces in a stream of a data collection rule (\`Action ID\`, \`IP Address\`). Its own examples have
  names with hyphens. If \`ActionId\` and \`IpAddress\` stay empty, tell us.
- Azure Monitor takes 1 MB in a call. Whether Sentinel cuts a record of almost 1 MB before that is not documented.
${formatDoubt(source)}`;
}

const awsSteps = ({
  bucket,
  region,
}: Extract<
  Source,
  { type: 's3' }
>) => `1. In AWS, make the queue and the role. The id of the workspace is on its overview page in Azure. If the AWS account has Sentinel's
   OIDC provider already, add \`CreateOidcProvider=false\`.

   \`\`\`sh
   aws cloudformation deploy --region ${region} --stack-name siem-export-sentinel --template-file aws.json --capabilities CAPABILITY_NAMED_IAM --parameter-overrides SentinelWorkspaceId=REPLACE_WITH_WORKSPACE_ID
   aws cloudformation describe-stacks --region ${region} --stack-name siem-export-sentinel --query 'Stacks[0].Outputs'
   \`\`\`
2. In \`bucket-notification.json\`, replace \`${placeholders.queueArn}\` with the output QueueArn.
3. Tell the bucket to notify the queue. The second command replaces all notifications of the bucket: if the first one prints any, merge
   them into the file before.

   \`\`\`sh
   aws s3api get-bucket-notification-configuration --bucket ${bucket}
   aws s3api put-bucket-notification-configuration --bucket ${bucket} --notification-configuration file://bucket-notification.json
   \`\`\`
4. In \`parameters.json\`, replace \`${placeholders.workspace}\` with the name of the workspace, \`${placeholders.roleArn}\` with the output RoleArn, and
   \`${placeholders.queueUrl}\` with the output QueueUrl.
${deployStep(5)}`;

const azureSteps = ({
  storageAccount,
}: Extract<
  Source,
  { type: 'azure' }
>) => `1. In \`azure.sh\`, replace \`${placeholders.storageSubscription}\` with the id of the subscription of the storage account ${storageAccount},
   and \`${placeholders.storageResourceGroup}\` with its resource group.
2. Run \`sh azure.sh\` as an Owner of the storage account who is its Storage Queue Data Contributor, too. It makes two
   queues in the storage account, lets Sentinel's application read the container, and subscribes to new files.
   If the application is new in the tenant, an administrator of the tenant has to run it.
3. In \`parameters.json\`, replace \`${placeholders.workspace}\` with the name of the workspace, and the other two values as in step 1.
${deployStep(4)}`;

const deployStep = (
  number: number,
) => `${number}. Deploy the template into the resource group of the workspace.

   \`\`\`sh
   az deployment group create --resource-group REPLACE_WITH_WORKSPACE_RESOURCE_GROUP --template-file mainTemplate.json --parameters @parameters.json
   \`\`\`

   If the workspace is in another region than its resource group, add \`location=\` and the workspace's region.
${number + 1}. Wait for the next file, and run the first query. The first events may take half an hour after that.`;

function ruleNote({ actions, product }: KitInput, { rules }: Transformations): string {
  const note = `The verbs and outcomes come from the rules that ${product.vendor} gives for its actions; an action without a rule is \`other\` and \`unknown\`.`;
  return rules === actions.length
    ? note
    : `${note} **Azure Monitor allows a transformation 15,360 characters: only the first ${rules} of ${actions.length} rules are in it.** The actions of the others are \`other\`.`;
}

const cloudLimits = (source: Readable) =>
  source.type === 'azure'
    ? '- What Sentinel cannot read goes into the queue `siem-export-dead`. Watch its length.'
    : `- What Sentinel cannot read goes into the stack's dead-letter queue. Watch its length.
- If the bucket is encrypted with a key of your own, allow the role \`kms:Decrypt\` for it.
- The role and the provider are those of Azure's public cloud. Azure Government has others.`;

const formatDoubt = (source: Readable) =>
  source.type === 'azure'
    ? `- Microsoft does not document whether the format \`json\` takes files with a record on each line. Its own connector for Cloudflare, whose files
  are of this kind, has the same settings.
- Sentinel's application gets the right to read the container. Microsoft's own template gives it the right to write, too.
`
    : `- The format \`JsonLine\` is in Microsoft's own connectors, but in no reference.
`;
