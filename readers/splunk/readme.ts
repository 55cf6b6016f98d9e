import type { KitInput } from '../kit.ts';
import { app, sourcetype } from './names.ts';
import { setUpOf } from './readme-clouds.ts';
import { detections } from './searches.ts';

/** The kit's README for the customer's security engineer. */
export function readme(input: KitInput): string {
  const { addOn, cloudSteps, addOnStep, limits } = setUpOf(input);
  const { product, source } = input;
  const steps = [
    installStep(addOn),
    ...cloudSteps,
    addOnStep,
    enableStep(source.type),
    lookStep(input),
    '**Enable the detections** that you want (Settings, Searches, reports, and alerts), and add an action, such as a mail.',
  ];
  return `# Audit log of ${product.name} in Splunk

This kit lets Splunk read the audit log of ${product.name} from your ${placeOf(source)}, and normalises it to the Common Information Model.

Do the steps before the first file is delivered. ${firstFileNote(source.type)} Replace each \`REPLACE_WITH_…\` where a step says so.

${steps.map((step, index) => `${index + 1}. ${step}`).join('\n\n')}

If no event comes, look at the log of the add-on: \`index=_internal source=*splunk_ta*\`.

${fields(product.name)}

${detectionTable()}

## Limits

${[...limits, ...commonLimits].map(limit => `- ${limit}`).join('\n')}

${tried}`;
}

function placeOf(source: KitInput['source']): string {
  if (source.type === 's3') return `bucket \`${source.bucket}\` in Amazon S3`;
  if (source.type === 'gcs') return `bucket \`${source.bucket}\` in Google Cloud Storage`;
  return `container \`${source.container}\` of the storage account \`${source.storageAccount}\` in Azure Blob Storage`;
}

function firstFileNote(cloud: KitInput['source']['type']): string {
  return cloud === 'azure'
    ? 'How files are indexed depends on settings that have to be there first.'
    : 'The bucket tells of new files only, and how files are indexed depends on settings that have to be there first.';
}

function installStep(addOn: string): string {
  return `**Install.** Create an index on the indexers (in a cluster by \`indexes.conf\` from the manager), and write its name into the app:

   \`\`\`sh
   sed -i 's/REPLACE_WITH_INDEX/audit/' ${app}/default/inputs.conf ${app}/default/macros.conf
   \`\`\`

   Install the ${addOn} where the input is to run: a heavy forwarder, a single instance, or Splunk Cloud. Install the folder
   \`${app}\` as an app there, on the indexers if data comes to them unparsed, and on the search heads. Each takes its part:
   the input in it is disabled. Restart Splunk. For Splunk Cloud, pack it
   (\`tar --exclude=inputs.conf -czf ${app}.tgz ${app}\`) and upload it as a private app.`;
}

function enableStep(cloud: KitInput['source']['type']): string {
  const folder = {
    s3: 'Splunk_TA_aws',
    gcs: 'Splunk_TA_google-cloudplatform',
    azure: 'Splunk_TA_microsoft-cloudservices',
  }[cloud];
  return `**Start the input.** On the one instance where it is to run, copy \`${app}/default/inputs.conf\` to
   \`$SPLUNK_HOME/etc/apps/${folder}/local/inputs.conf\` (append it to a file that is there), fill in what is left to replace, set
   \`disabled = 0\`, and restart Splunk. On Splunk Cloud, create an input with these values on the add-on's screen instead.`;
}

function lookStep({ source, folder, compression }: KitInput): string {
  // The names of test files begin as those of the vendor's do, because the kit reads no others.
  const test =
    source.type === 's3' && compression === 'gzip'
      ? `You need not wait for the vendor. This uploads a record of your own; for a second try write \`test_2\`:

   \`\`\`sh
   printf '{"Date":"%s","Email":"test@example.com","Action":"Test","Action ID":null,"Description":"Test","IP Address":"203.0.113.7"}\\n' \\
     "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" | gzip > test_1.json.gz
   aws s3api put-object --bucket ${source.bucket} --key '${folder}audit_test_1.json.gz' --body test_1.json.gz --if-none-match '*'
   \`\`\`

   Some minutes later`
      : 'A file comes every four hours. After the next one';
  return `**Look.** ${test}, this shows the events. Choose the last 30 days as the time range:

   \`\`\`text
   \`siem_export_index\` sourcetype="${sourcetype}" _index_earliest=-1d | table _time, user, src, Action, verb, status, Description
   \`\`\``;
}

function fields(product: string): string {
  return `## What becomes what

| record | field in Splunk |
|---|---|
| Date | \`_time\` |
| Email | \`user\` |
| IP Address | \`src\` |
| Action | \`command\`; by \`lookups/actions.csv\` also \`verb\`, \`action\` and \`status\` |
| Action ID | \`event_id\` |
| Description | \`description\` |
| – | \`app\` and \`dest\`: ${product}; \`vendor_product\` |

| verb | tag (data model) | action |
|---|---|---|
| login | authentication (Authentication) | \`success\`, \`failure\`, \`unknown\` |
| logout | change (Change) | \`logoff\` |
| create, read, update, delete | change (Change) | \`created\`, \`read\`, \`modified\`, \`deleted\` |
| permission | change (Change) | \`acl_modified\` |
| none: no row matches | – | – |

The outcome is in \`status\`: \`success\`, \`failure\` or \`unknown\`. The first row of the lookup that matches counts. In its patterns \`*\` stands for any
characters; \`⁎\` and \`⧵\` stand for an asterisk and a backslash. If the vendor adds
actions, ask for a new kit, or add rows above those that also match.
If you limit the data models to some indexes, add yours (\`cim_Authentication_indexes\`, \`cim_Change_indexes\`).`;
}

function detectionTable(): string {
  return `## Detections

All three are disabled at first. They run every hour over what was *indexed* in an hour, because a file comes hours after its first event.

| saved search | what it finds |
|---|---|
${detections.map(({ name, description }) => `| ${name} | ${description} |`).join('\n')}`;
}

const commonLimits = [
  'A window without records makes a file without lines, and so no event: do not alert on missing events, but on missing files.',
  'A file may be read twice after a failure, and its events are then there twice. `event_id` tells.',
  'A line over 3 MiB is cut (`TRUNCATE`); no record is that long. Of a record over 5,000 bytes Splunk takes only the fields at its beginning: `description` may be missing, `src` is there. Raise `extraction_cutoff` of `[spath]` in `limits.conf` if you need more.',
  'A `Date` more than 2,000 days ago or 2 days ahead is not taken as `_time` (`MAX_DAYS_AGO`, `MAX_DAYS_HENCE`).',
  'The detections do not see events that are older than 30 days when they arrive, and count no event without a user.',
];

const tried = `## Tried / not tried

Tried: the settings and the lookup in a model of Splunk that follows its documentation, with records of all kinds, and each setting for whether it is
needed. Expressions were run as regular expressions of JavaScript; they use nothing in which Splunk's (PCRE) differ.
Not tried: Splunk itself, its add-ons, the commands for your cloud, and the data models. From memory: that a null becomes the text \`null\` in fields
such as \`Email\` (\`user\` and the like have no value then, either way), and that Splunk decodes \`\\u\` escapes in fields.
`;
