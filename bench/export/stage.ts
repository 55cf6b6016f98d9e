import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { marshall } from '@aws-sdk/util-dynamodb';
import { defaultAttributes } from '../../lambdas/domain/audit-record.ts';
import type { Compression, Format } from '../../lambdas/domain/format.ts';
import { defaultPartBytes, type ExporterVariable, variables } from '../../lambdas/environment.ts';
import { bundle } from '../../lib/build-functions.ts';
import { createTable } from '../../local/create-table.ts';
import { benchWindow } from '../input/rows.ts';
import { benchCredential, sdkSettings } from '../measure/sdk-settings.ts';
import { createCertificate } from '../servers/certificate.ts';
import { type DynamodbOptions, refusedQuery } from '../servers/dynamodb.ts';
import { type ServerProcess, startServer } from '../servers/start.ts';

const bucket = 'customer-bucket';
const secretId = 'siem-export/bench/customer';
export type Stage = Awaited<ReturnType<typeof setStage>>;

/**
 * Builds the bundles, starts the servers, creates the tables and the secret, and prepares the functions' environment.
 */
export async function setStage(options: DynamodbOptions & { readonly variants: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'siem-export-bench-'));
  const certificate = await createCertificate();
  const authority = join(folder, 'authority.pem');
  writeFileSync(authority, certificate.cert);
  const servers = await startAll([
    { kind: 'dynamodb', ...options },
    { kind: 's3', ...certificate },
    { kind: 'services' },
  ]);
  const [dynamodb, s3] = servers as [ServerProcess, ServerProcess];
  const endpoints = Object.assign({}, ...(await Promise.all(servers.map(server => server.ask('endpoints')))));
  const lambdas = join(import.meta.dirname, '..', '..', 'lambdas');
  const exporterBundle = join(
    bundle(join(lambdas, 'exporter', 'handler.ts'), join(folder, 'exporter')),
    'index.mjs',
  );
  const program = join(bundle(options.variants, join(folder, 'variants')), 'index.mjs');
  const client = new DynamoDBClient({ endpoint: endpoints.dynamodb, ...clientSettings() });
  await createTables(client);
  await createSecret(endpoints.secrets);

  return {
    program,
    exporterBundle,
    bucket,
    dynamodbEndpoint: String(endpoints.dynamodb),
    s3Endpoint: String(endpoints.s3),
    environment: {
      ...sdkSettings,
      NODE_EXTRA_CA_CERTS: authority,
      AWS_ENDPOINT_URL_DYNAMODB: String(endpoints.dynamodb),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: String(endpoints.secrets),
      AWS_ENDPOINT_URL_EVENTBRIDGE: String(endpoints.events),
      ...exporterVariables(String(endpoints.s3)),
    },
    delivered: () => s3.ask('delivered'),
    async refusedQueries() {
      const { [refusedQuery]: refused = 0 } = await dynamodb.ask('calls');
      return refused;
    },
    /** Writes the record of an account that is owed the benchmark's window. */
    async createAccount(
      accountId: string,
      files: { readonly format?: Format; readonly compression?: Compression } = {},
    ) {
      const record = {
        accountId,
        timeZone: 'UTC',
        status: 'active',
        exportFrom: new Date(benchWindow.start).toISOString(),
        destination: { type: 's3', bucket, region: 'us-east-1' },
        secretId,
        ...files,
      };
      await client.send(new PutItemCommand({ TableName: 'Accounts', Item: marshall(record) }));
    },
    end() {
      client.destroy();
      for (const server of servers) server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startAll(roles: Parameters<typeof startServer>[0][]): Promise<ServerProcess[]> {
  return Promise.all(roles.map(startServer));
}

function exporterVariables(s3Endpoint: string) {
  const { sortKey: _, ...attributes } = defaultAttributes;
  return {
    [variables.stage]: 'bench',
    [variables.accountsTable]: 'Accounts',
    [variables.ledgerTable]: 'ExportLedger',
    [variables.dispatchStateTable]: 'DispatchState',
    [variables.auditLogTable]: 'AuditLogs',
    [variables.auditLogPartitionKey]: 'accountId',
    [variables.auditLogSortKey]: defaultAttributes.sortKey,
    [variables.auditLogSortKeyType]: 'iso',
    [variables.auditLogAttributes]: JSON.stringify(attributes),
    [variables.exportQueueUrl]: 'http://127.0.0.1:9/export-queue',
    [variables.eventBusName]: 'default',
    [variables.secretPrefix]: 'siem-export/bench/',
    [variables.settleSeconds]: '0',
    [variables.partBytes]: String(defaultPartBytes),
    [variables.writerVersion]: 'bench',
    [variables.ocsf]: JSON.stringify({
      version: '1.1.0',
      product: { name: 'Bench', vendor: 'Bench' },
      mapping: 'bench',
    }),
    [variables.localS3Endpoint]: s3Endpoint,
  } satisfies Record<ExporterVariable, string> & Record<string, string>;
}

async function createTables(client: DynamoDBClient): Promise<void> {
  const keys = { Accounts: ['accountId'], ExportLedger: ['accountId', 'entry'], DispatchState: ['name'] };
  for (const [TableName, names] of Object.entries(keys))
    await createTable(client, {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: names.map((AttributeName, index) => ({
        AttributeName,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
    });
}

async function createSecret(endpoint: string): Promise<void> {
  const client = new SecretsManagerClient({ endpoint, ...clientSettings() });
  await client.send(
    new CreateSecretCommand({ Name: secretId, SecretString: JSON.stringify(benchCredential) }),
  );
  client.destroy();
}

function clientSettings() {
  return { region: sdkSettings.AWS_REGION, credentials: benchCredential };
}
