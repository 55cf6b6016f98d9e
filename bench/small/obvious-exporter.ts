import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { Upload } from '@aws-sdk/lib-storage';
import { ZipArchive } from 'archiver';
import { toIso } from '../../lambdas/domain/instant.ts';
import { objectKey } from '../../lambdas/domain/object-key.ts';
import { readExporterEnvironment } from '../../lambdas/environment.ts';
import { linesOf } from '../export/document-pages.ts';
import type { Prepare } from '../measure/child.ts';
import type { SmallSettings } from './settings.ts';
import { windowLength } from './workload.ts';

/**
 * A simple exporter: document client, JSON.stringify, archiver and lib-storage. It writes the ledger after the upload
 * and records no intent, so after a crash it cannot know whether an existing object is its own.
 */
export const prepare: Prepare<SmallSettings, object> = async ({ measuringUrl, warmUp, measured }) => {
  const { accountsTable, ledgerTable, auditLog, eventBusName, endpoints } = readExporterEnvironment(
    process.env,
  );
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const secrets = new SecretsManagerClient({});
  const events = new EventBridgeClient({});
  for (const body of warmUp) await exportWindow(body);
  await fetch(measuringUrl);
  return async () => {
    for (const body of measured) await exportWindow(body);
    return {};
  };

  async function exportWindow(body: string): Promise<void> {
    const { accountId, tick } = JSON.parse(body);
    const { Item: account } = await dynamodb.send(
      new GetCommand({ TableName: accountsTable, Key: { accountId } }),
    );
    const cursorKey = { accountId, entry: 'cursor' };
    await dynamodb.send(new GetCommand({ TableName: ledgerTable, Key: cursorKey }));
    const { SecretString = '' } = await secrets.send(
      new GetSecretValueCommand({ SecretId: account?.secretId }),
    );
    const end = Date.parse(tick);
    const { bucket, region } = account?.destination ?? {};
    const key = objectKey(undefined, { accountId, windowEnd: end, part: 1, compression: 'zip' });
    const pages = paginateQuery(
      { client: dynamodb },
      {
        TableName: auditLog.tableName,
        KeyConditionExpression: 'accountId = :account AND recordedAt BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':account': accountId,
          ':from': toIso(end - windowLength).slice(0, 19),
          ':to': toIso(end).slice(0, 19),
        },
      },
    );
    const archive = new ZipArchive({ zlib: { level: 6 } });
    const zipped = archive.pipe(new PassThrough());
    let records = 0;
    let lines = '';
    for await (const { Items = [] } of pages) {
      records += Items.length;
      lines += linesOf(Items);
    }
    archive.append(lines, { name: 'audit.json' });
    const [Body] = await Promise.all([buffer(zipped), archive.finalize()]);
    const client = new S3Client({
      region,
      credentials: JSON.parse(SecretString),
      forcePathStyle: true,
      ...(endpoints.s3 !== undefined && { endpoint: endpoints.s3 }),
    });
    await new Upload({ client, params: { Bucket: bucket, Key: key, Body } }).done();
    client.destroy();
    const sha256 = createHash('sha256').update(Body).digest('hex');
    const file = { accountId, windowEnd: tick, key, records, bytes: Body.length, sha256 };
    await dynamodb.send(new PutCommand({ TableName: ledgerTable, Item: { ...file, entry: `file#${tick}` } }));
    await dynamodb.send(
      new UpdateCommand({
        TableName: ledgerTable,
        Key: cursorKey,
        UpdateExpression: 'SET exportedThrough = :through',
        ExpressionAttributeValues: { ':through': tick },
      }),
    );
    const entry = { EventBusName: eventBusName, Source: 'siem-export', DetailType: 'Export Delivered' };
    await events.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(file) }] }));
    console.log(JSON.stringify({ message: 'Export delivered', ...file }));
  }
};
