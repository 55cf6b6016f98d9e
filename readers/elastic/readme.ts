import type { KitInput } from '../kit.ts';
import { namesOf, placeholders, secrets } from './names.ts';
import { sourceText } from './readme-source.ts';

/** The README, for the customer's security engineer. */
export function readme(input: KitInput): string {
  const { dataStream, indexPattern, pipeline } = namesOf(input);
  const { place, vendor, steps, limits } = sourceText(input);
  const all = [...steps, ...elasticSteps(input)];
  return `# Read the audit log of ${input.product.name} with Elastic

Filebeat reads the files in ${place}.
An ingest pipeline turns each record into an event of the Elastic Common Schema (ECS), in the data stream
${dataStream}.
${vendor === '' ? '' : `\n**${vendor}**\n`}
You need Elasticsearch, Kibana and Filebeat 8.19, or 9.1 and later. The commands run in the folder of these files.

## Steps

${all.map((step, index) => `${index + 1}. ${step}`).join('\n\n')}

## Find what failed

A record that the pipeline cannot read is kept, with the line in \`event.original\`. In Discover, with the data view
\`${indexPattern}\`:

\`\`\`text
event.kind : "pipeline_error" or error.message : *
\`\`\`

## What becomes what

| in the file | in Elastic |
|---|---|
| the whole line | \`event.original\` (kept, not indexed) |
| \`Date\` | \`@timestamp\`. An unreadable date leaves the time of reading there and a text in \`error.message\` |
| \`Email\` | \`user.email\`, \`user.name\`, \`related.user\` |
| \`Action\` | \`event.action\` |
| \`Action ID\` | \`event.id\` |
| \`Description\` | \`message\` |
| \`IP Address\` | \`source.address\`; if it is an address also \`source.ip\` and \`related.ip\` |
| – | \`event.created\` (Filebeat read it), \`event.ingested\` (Elasticsearch took it), \`event.dataset\`, \`observer.vendor\`, \`observer.product\`, \`log.file.path\` |

A field without a value is left out. The rules in \`pipeline.json\` (\`params.rules\`) give each action a verb and an
outcome, success or failure. The first rule that matches counts: \`exact\` is the whole action, \`prefix\` its beginning, and
in a \`glob\` each \`*\` stands for any characters.

| verb | \`event.category\` | \`event.type\` |
|---|---|---|
| login | authentication | start |
| logout | authentication | end |
| create | configuration | creation |
| read | configuration | access |
| update | configuration | change |
| delete | configuration | deletion |
| permission | iam | change |
| no rule matches | configuration | info, and \`event.outcome\` is unknown |

## Detections

All three are off after the import. They look at \`event.ingested\`, because a file arrives up to some hours after its
events; so a threshold counts the events that *arrive* within half an hour, which is usually one file.

| rule | finds |
|---|---|
| several failed logins of one user | 10 failed logins of one \`user.email\` |
| mass deletion by one user | 50 deletions by one \`user.email\` |
| a permission was changed | each change of a permission |

## Limits

${[...limits, ...commonLimits(pipeline)].map(limit => `- ${limit}`).join('\n')}

## Tried and not tried

The settings follow the documentation and the source of Filebeat, Elasticsearch and Kibana. A model of them read the files of
a sample export with this kit and gave the expected events; it ran the script of the pipeline and the queries of the
detections. The pipeline and the template fit the types of Elastic's client 9.5. **Nothing was tried in Filebeat,
Elasticsearch or Kibana themselves**, and the commands for the cloud were not run.
`;
}

function elasticSteps(input: KitInput): string[] {
  const { dataStream, indexPattern, pipeline } = namesOf(input);
  const queue = input.source.type === 's3' ? ` ${placeholders.queueUrl} is the \`QueueUrl\` of step 1.` : '';
  return [
    `**Prepare Elasticsearch.** ${placeholders.elasticsearchUrl} is its address, such as \`https://es.example.com:9200\`. For
   \`elastic\` put a user who may manage pipelines and templates; \`curl\` asks for the password.

   \`\`\`sh
   curl -u elastic -X PUT -H "Content-Type: application/json" --data-binary @pipeline.json ${placeholders.elasticsearchUrl}/_ingest/pipeline/${pipeline}
   curl -u elastic -X PUT -H "Content-Type: application/json" --data-binary @index-template.json ${placeholders.elasticsearchUrl}/_index_template/${pipeline}
   \`\`\``,
    `**Give Filebeat a key** that can add events and do nothing else. In Kibana's *Dev Tools*:

   \`\`\`text
   POST /_security/api_key
   {
     "name": "siem-export",
     "role_descriptors": {
       "writer": {
         "cluster": ["monitor"],
         "index": [{ "names": ["${indexPattern}"], "privileges": ["auto_configure", "create_doc"] }]
       }
     }
   }
   \`\`\`

   Enter \`id:api_key\` of the answer into Filebeat's keystore, as the user who runs Filebeat:

   \`\`\`sh
   filebeat keystore create
   filebeat keystore add ${secrets.apiKey}
   \`\`\``,
    `**Start Filebeat** with \`filebeat.yml\`. Replace the values that begin with REPLACE_WITH_.${queue}
   If Filebeat already has a configuration, add the entry below \`filebeat.inputs\` to yours, with the line
   \`index: ${dataStream}\`. A second account of the product is a second entry.

   \`\`\`sh
   filebeat test config -c filebeat.yml
   filebeat test output -c filebeat.yml
   \`\`\``,
    `**Look at the first events** after the next file. In Discover, ES|QL:

   \`\`\`text
   FROM ${indexPattern} | SORT @timestamp DESC | KEEP @timestamp, user.email, event.action, event.outcome, source.ip | LIMIT 20
   \`\`\``,
    `**Import the detections**: Kibana, *Security → Rules → Detection rules → Import rules*, \`detections.ndjson\`. Read them,
   choose the numbers that suit you, and turn them on.`,
  ];
}

function commonLimits(pipeline: string): string[] {
  return [
    'Only format `ndjson` is mapped: one record a line.',
    'A file that Filebeat reads twice gives no second events, because each has an id of its own. The exception: Elasticsearch began a new index of the data stream in between.',
    'A search by an exact value finds no value over 1,024 characters. It is in the event all the same.',
    `The events are kept without an end. To delete old ones, add \`"data_retention": "365d"\` to \`lifecycle\` in \`index-template.json\`.`,
    `When the vendor sends new rules, replace the pipeline \`${pipeline}\`. Events from before keep their old meaning.`,
  ];
}
