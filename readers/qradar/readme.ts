import type { KitInput } from '../kit.ts';
import { text } from './detections.ts';
import { bucketOf } from './log-source.ts';
import { logSourceType, properties } from './names.ts';

export function readme(input: KitInput): string {
  const { bucket } = bucketOf(input);
  const type = logSourceType(input);
  const [action, actionId, description, address] = properties.map(({ name }) => name);
  return `# ${input.product.name} audit log in IBM QRadar

This kit makes QRadar read the audit log in \`s3://${bucket}/${input.folder}\` and classify each event.

## Steps

1. In QRadar, open **Admin > DSM Editor** and create a log source type with the name \`${type}\`. Change nothing else in it.
2. Open **Admin > Log Source Extensions**, add an extension with the same name, and upload \`lsx.xml\`.
3. Open **Admin > Authorized Services**, create a service with an administrator's role, deploy the changes, and run
   \`QRADAR_HOST=REPLACE_WITH_CONSOLE_HOST ./qids.sh\` (it needs \`bash\`, \`curl\` and \`jq\`). It asks for the service's token.
   Delete the service afterwards.
4. Give QRadar access to the bucket with the commands below. \`REPLACE_WITH_ROLE_NAME\` is the role of a managed host that runs on
   Amazon EC2; any other host needs an IAM user with an access key.
5. Open the app **Log Source Management**, add a log source with the values of \`logsource.txt\`, and choose the authentication
   method there. An access key is typed on this screen only; QRadar keeps it encrypted.
6. Deploy the changes, and run the first query below. The first files come with the next poll, the oldest first.

\`\`\`sh
# A managed host on Amazon EC2 ("EC2 Instance IAM Role"):
aws iam put-role-policy --role-name REPLACE_WITH_ROLE_NAME --policy-name siem-export --policy-document file://iam-policy.json

# Any other ("Access Key ID / Secret Key"):
aws iam create-user --user-name siem-export-qradar
aws iam put-user-policy --user-name siem-export-qradar --policy-name siem-export --policy-document file://iam-policy.json
aws iam create-access-key --user-name siem-export-qradar
\`\`\`

If a key of your own encrypts the bucket, allow \`kms:Decrypt\` on that key, too. No queue and no notification is needed.

## First query

\`\`\`sql
SELECT DATEFORMAT(devicetime, 'yyyy-MM-dd HH:mm:ss') AS recorded, QIDNAME(qid) AS eventname, username, sourceip, "${action}"
FROM events WHERE LOGSOURCETYPENAME(devicetype) = ${text(type)} LAST 24 HOURS
\`\`\`

## What becomes what

| record | QRadar |
|---|---|
| \`Date\` | Log Source Time (\`devicetime\`) |
| \`Email\` | Username |
| \`Action\` | event name and low-level category, by its meaning; the text in **${action}** |
| \`Action ID\` | **${actionId}** |
| \`Description\` | **${description}** |
| \`IP Address\` | Source IP, if it is an IPv4 address; the text in **${address}** |

| meaning | low-level category if it succeeded | if it failed |
|---|---|---|
| login | 3115 User Login Success | 3116 User Login Failure |
| logout | 3057 Misc Logout | 3057 |
| create | 19012 Create Activity Succeeded | 19013 |
| read | 19015 Read Activity Succeeded | 19016 |
| update | 19018 Update Activity Succeeded | 19019 |
| delete | 19021 Delete Activity Succeeded | 19022 |
| permission | 3023 User Right Assigned | 19019 |
| other | 19001 General Audit Event | 19001 |

An action whose rule names no outcome is *attempted*: 3114 User Login Attempt, and 19011, 19014, 19017 or 19020.

QRadar's event mappings take no patterns, so the extension recognises the actions itself: exact ones, prefixes and patterns, the
first rule that matches. Actions without a rule become *Other action*.

## Detections

Save each as a search, and schedule it every four hours; or make a rule of the same text in **Offenses > Rules**.

| file | finds | rule |
|---|---|---|
| \`detections/failed-logins.aql\` | 10 failed logins of one user | when the low-level category is User Login Failure, and when at least 10 events are seen with the same Username in 5 hours |
| \`detections/mass-deletion.aql\` | 50 deletions by one user | when the low-level category is Delete Activity Succeeded or Delete Activity Attempted, and when at least 50 events are seen with the same Username in 5 hours |
| \`detections/permission-changed.aql\` | each change of a permission | when the low-level category is User Right Assigned |

The numbers are starting points. QRadar counts by the time of reading, and a file brings the records of four hours at once.

## Limits

- QRadar reads by ascending key and never looks back. The files' names sort by time, up to 9,999 parts of one window.
- A log source reads one region, and a QRadar that reads two accounts needs a log source for each.
- Keep **Coalescing Events** off: it keeps one of several similar events, and drops the other records.
- A file arrives at once: plan the licence's events per second for that. QRadar queues what exceeds it.
- A record without an IPv4 address shows an address of QRadar's own as Source IP.
- IBM documents no longest record for this protocol. A record here can have 1 MB. If yours cuts it, the event keeps its time and
  meaning, and loses the user, the address and the custom properties.
- An empty window's file has no records. QRadar makes no event of it.

## Tried, and not tried

\`lsx.xml\` was parsed with Java 17, its expressions found the actions of 3,305 records with Java's own engine, and Joda-Time and Java's
\`SimpleDateFormat\` both read its dates. \`qids.sh\` ran against an imitation of the REST API. Nothing was tried in QRadar itself. Check
first that it takes \`lsx.xml\`: IBM's documentation does not show the type name \`JsonKeypath\`, which its own exports use.
`;
}
