import { gunzipSync } from 'node:zlib';
import { readNotification } from '../amazon/notification-model.ts';
import type { Kit, KitInput } from '../kit.ts';
import type { ReaderEvent, ReaderModel, StoredObject } from '../model.ts';
import { allowedAuditValues } from './product/asim-audit-table.ts';
import { runScript } from './product/azure-script.ts';
import { createStack } from './product/cloudformation.ts';
import { analyze, type Columns } from './product/kusto.ts';
import { runQuery, type Value } from './product/query-rows.ts';
import type { Connection } from './product/vocabulary.ts';
import { deployWorkspace, type Workspace } from './product/workspace.ts';

/** Azure Monitor cuts a text after 64 KB. Its documentation does not say in which encoding; these are UTF-16 characters. */
const longestText = 65_536;

/**
 * Sentinel with the kit's template deployed: the connection takes what the cloud notifies of, and the data collection rule
 * takes the records into the tables. An event is a row with the table's name.
 */
export const model: ReaderModel = {
  async faultsOf(kit, input) {
    try {
      const workspace = await workspaceOf(kit);
      takesFrom(kit, input, workspace.connection);
      return placeholderFaults(kit);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  },
  async read(kit, input, objects) {
    const workspace = await workspaceOf(kit);
    const takes = takesFrom(kit, input, workspace.connection);
    const events: ReaderEvent[] = [];
    for (const object of objects.filter(({ key }) => takes(key)))
      for (const record of recordsOf(object, workspace.connection))
        events.push(...(await rowsOf(record, workspace)));
    return events;
  },
};

const workspaceOf = (kit: Kit) =>
  deployWorkspace(fileOf(kit, 'mainTemplate.json'), fileOf(kit, 'parameters.json'));

function fileOf(kit: Kit, path: string): string {
  const file = kit.find(other => other.path === path);
  if (file === undefined) throw new Error(`The kit has no ${path}`);
  return file.text;
}

/** What the customer has to replace, and cannot find in the steps. */
function placeholderFaults(kit: Kit): string[] {
  const readme = fileOf(kit, 'README.md');
  return kit
    .flatMap(({ text }) => text.match(/REPLACE_WITH_\w+/g) ?? [])
    .filter(placeholder => !new RegExp(`\\b${placeholder}\\b`).test(readme))
    .map(placeholder => `The README does not say what ${placeholder} is`);
}

function takesFrom(kit: Kit, { source }: KitInput, connection: Connection): (key: string) => boolean {
  if (source.type === 's3' && connection.kind === 'AmazonWebServicesS3') {
    const stack = createStack(fileOf(kit, 'aws.json'));
    const notifies = readNotification(fileOf(kit, 'bucket-notification.json'), 'queue');
    return key => notifies(key) && stack.mayNotify(source.bucket) && stack.mayRead(source.bucket, key);
  }
  if (source.type === 'azure' && connection.kind === 'StorageAccountBlobContainer') {
    const { account, queues, roles, subscription } = runScript(fileOf(kit, 'azure.sh'));
    const { QueueUri, DlqUri } = connection.properties.request;
    const [created = '', dead = ''] = queues;
    const ids = queues.map(queue => `id of the storage account/queueServices/default/queues/${queue}`);
    const service = `https://${source.host.replace('blob', 'queue')}`;
    const files = `id of the storage account/blobServices/default/containers/${source.container}`;
    const needed = [
      `Storage Blob Data Reader on ${files}`,
      ...ids.map(id => `Storage Queue Data Contributor on ${id}`),
    ];
    if (account !== source.storageAccount)
      throw new Error(`The script is for the storage account ${account}`);
    if (QueueUri !== `${service}/${created}` || DlqUri !== `${service}/${dead}` || created === dead)
      throw new Error('The connection reads other queues than the script makes');
    if (roles.join() !== needed.join())
      throw new Error(`Sentinel’s application has the roles ${roles.join()}`);
    if (subscription.endpoint !== ids[0]) throw new Error('The subscription sends to another queue');
    return key => {
      const subject = `/blobServices/default/containers/${source.container}/blobs/${key}`;
      return subject.startsWith(subscription.beginsWith) && subject.endsWith(subscription.endsWith);
    };
  }
  throw new Error(`A connection of ${connection.kind} reads no files in ${source.type}`);
}

/** Whether the format `json` of the connection for Azure takes lines is documented nowhere; Microsoft’s own connectors need it. */
function recordsOf({ body }: StoredObject, { kind, properties }: Connection): Record<string, unknown>[] {
  const [compressed, lines] =
    kind === 'AmazonWebServicesS3'
      ? [properties.dataFormat.IsCompressed, properties.dataFormat.Format === 'JsonLine']
      : [properties.response.IsGzipCompressed, properties.response.format === 'json'];
  if (!lines) throw new Error('The connection expects other files than lines of JSON');
  const text = (compressed ? gunzipSync(body) : Buffer.from(body)).toString('utf8');
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));
}

async function rowsOf(record: Record<string, unknown>, workspace: Workspace): Promise<ReaderEvent[]> {
  const stream = workspace.connection.properties.dcrConfig.streamName;
  const events: ReaderEvent[] = [];
  for (const flow of workspace.flows.filter(other => other.stream === stream)) {
    const columns = workspace.streams.get(stream) ?? new Map();
    const { statements } = await analyze(flow.query, new Map([['source', columns]]));
    for (const row of runQuery(statements, new Map([['source', [textsOf(record, columns)]]])))
      events.push(stored(flow.table, row));
  }
  return events;
}

/** A text column of a stream takes other values as their JSON, and has no null. */
function textsOf(record: Record<string, unknown>, columns: Columns): Map<string, Value> {
  return new Map(
    [...columns.keys()].map(name => {
      const value = record[name] ?? '';
      return [name, typeof value === 'string' ? value : JSON.stringify(value)];
    }),
  );
}

function stored(table: string, row: ReadonlyMap<string, Value>): ReaderEvent {
  const entries = [...row].map(([name, value]) => {
    if (value instanceof Date) return [name, value.toISOString()] as const;
    const allowed = table === 'ASimAuditEventLogs' ? allowedAuditValues.get(name) : undefined;
    if (allowed?.includes(String(value)) === false) throw new Error(`ASIM has no ${name} ${value}`);
    return [name, typeof value === 'string' ? value.slice(0, longestText) : value] as const;
  });
  return { table, ...Object.fromEntries(entries) };
}
