import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Destination } from '../../lambdas/domain/account.ts';
import { parseObjectKey } from '../../lambdas/domain/object-key.ts';
import { readExporterEnvironment, variables } from '../../lambdas/environment.ts';
import { bundle } from '../../lib/build-functions.ts';
import { exporterRuntimeEnvironment } from '../../lib/runtime-environment.ts';
import { startAwsServers } from '../../local/aws-servers.ts';
import { startCloudServers } from '../../local/cloud-servers.ts';
import { createTable } from '../../local/create-table.ts';
import { readObjects } from '../../local/delivery/stored-objects.ts';
import { functionEnvironment } from '../../local/functions/environment.ts';
import { writeRows } from '../../local/provision.ts';
import { createResources } from '../../local/resources.ts';
import { sampleStorageAccount } from '../../local/sample/accounts.ts';
import { synthesizeTemplate } from '../../local/template.ts';
import type { Measured } from '../measure/child.ts';
import { runVariant, type VariantRun } from '../measure/run-variant.ts';
import { unzipped } from '../servers/unzip.ts';
import { type Calls, startCountingProxies } from './counting-proxy.ts';
import type { SmallSettings } from './settings.ts';
import { accountRecord, expectedFiles, messagesOf, rowsOf, type Workload } from './workload.ts';

type Cloud = Destination['type'];

/** One run of a variant: the number of measured exports, and the calls that they made. */
export interface SmallRun extends Measured<object> {
  readonly exports: number;
  readonly calls: Calls;
}

interface StageOptions {
  readonly workload: Workload;
  /** Windows of each account that are exported before the measurement. */
  readonly warmUpWindows: number;
  /** A run's name is also the name of its own bucket. */
  readonly runs: readonly { readonly name: string; readonly cloud: Cloud }[];
}

/** Builds the exporter, and starts the embedded servers with the accounts and their rows. */
export async function setSmallStage({ workload, warmUpWindows, runs }: StageOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'siem-export-bench-'));
  const handler = join(import.meta.dirname, '..', '..', 'lambdas', 'exporter', 'handler.ts');
  const exporterBundle = join(bundle(handler, join(folder, 'exporter')), 'index.mjs');
  const program = join(
    bundle(join(import.meta.dirname, 'variants.ts'), join(folder, 'variants')),
    'index.mjs',
  );
  const aws = await startAwsServers();
  const customers = await startCloudServers(runs.map(({ name, cloud }) => destinationOf(cloud, name)));
  const { environments } = await createResources(synthesizeTemplate(), aws);
  const servers = { ...aws.environment, ...customers.environment };
  const proxies = await startCountingProxies(endpointsOf(servers));
  const environment = {
    ...functionEnvironment(environments.exporter, servers, proxies.endpoints),
    ...exporterRuntimeEnvironment,
  };
  const { accountsTable, ledgerTable, auditLog, secretPrefix } = readExporterEnvironment(environment);
  for (const cloud of new Set(runs.map(run => run.cloud)))
    await aws.secrets.send(
      new CreateSecretCommand({
        Name: `${secretPrefix}${cloud}`,
        SecretString: customers.credentials.secretOf(cloud),
      }),
    );
  await writeRows(rowsOf(workload), {
    dynamodb: aws.dynamodb,
    environment: { auditLog },
    onRows: () => undefined,
  });

  return {
    /** @throws Error if a file is not delivered or does not have exactly its rows */
    async run(
      variant: string,
      name: string,
      processors: Pick<VariantRun, 'cpus' | 'quota'>,
    ): Promise<SmallRun> {
      const cloud = runs.find(run => run.name === name)?.cloud ?? 's3';
      await putRecords(destinationOf(cloud, name));
      const ownLedger = `${ledgerTable}-${name}`;
      await createTableLike(aws.dynamodb, ledgerTable, ownLedger);
      const messages = messagesOf(workload);
      const warmUps = warmUpWindows * workload.accounts;
      const settings: SmallSettings = {
        exporterBundle,
        measuringUrl: proxies.forgetUrl,
        warmUp: messages.slice(0, warmUps),
        measured: messages.slice(warmUps),
      };
      const measured = await runVariant<object>({
        program,
        variant,
        settings,
        environment: { ...environment, [variables.ledgerTable]: ownLedger },
        ...processors,
      });
      const calls = named(proxies.calls(), {
        [ownLedger]: 'ledger',
        [accountsTable]: 'accounts',
        [auditLog.tableName]: 'audit log',
      });
      await checkFiles(name, cloud);
      return { ...measured, exports: settings.measured.length, calls };
    },
    async end() {
      await proxies.close();
      await Promise.all([aws.close(), customers.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };

  async function putRecords(destination: Destination): Promise<void> {
    for (let account = 0; account < workload.accounts; account++)
      await aws.dynamodb.send(
        new PutItemCommand({
          TableName: accountsTable,
          Item: marshall(accountRecord(account, destination, secretPrefix)),
        }),
      );
  }

  async function checkFiles(bucket: string, cloud: Cloud): Promise<void> {
    const found = new Map<string, string>();
    for await (const { key, body } of readObjects([{ cloud, bucket }], customers)) {
      const { accountId, windowEnd } = parseObjectKey(key) ?? {};
      const hash = createHash('sha256');
      for await (const chunk of unzipped(body)) hash.update(chunk);
      found.set(`${accountId} ${windowEnd}`, hash.digest('hex'));
    }
    const expected = [...expectedFiles(workload)];
    for (const { accountId, windowEnd, lines } of expected)
      if (found.get(`${accountId} ${windowEnd}`) !== createHash('sha256').update(lines).digest('hex'))
        throw new Error(
          `In ${bucket}, the file of ${accountId} that ends at ${windowEnd} is missing or has other content`,
        );
    if (found.size !== expected.length)
      throw new Error(`${bucket} holds ${found.size} files instead of ${expected.length}`);
  }
}

function destinationOf(cloud: Cloud, name: string): Destination {
  if (cloud === 'azure') return { type: 'azure', storageAccount: sampleStorageAccount, container: name };
  return cloud === 'gcs'
    ? { type: 'gcs', bucket: name }
    : { type: 's3', bucket: name, region: 'eu-central-1' };
}

function endpointsOf(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => /^https?:/.test(value)));
}

/** The calls with the service's name instead of the environment variable's, and each table's purpose as its name. */
function named(calls: Calls, tables: Readonly<Record<string, string>>): Calls {
  return Object.fromEntries(
    Object.entries(calls).map(([call, count]) => {
      const [variable = '', operation = '', table] = call.split(' ');
      const service = variable.replace(/^AWS_ENDPOINT_URL_|^LOCAL_|_ENDPOINT$/g, '').toLowerCase();
      return [
        [service, operation, ...(table === undefined ? [] : [tables[table] ?? table])].join(' '),
        count,
      ];
    }),
  );
}

async function createTableLike(client: DynamoDBClient, like: string, TableName: string): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: like }));
  await createTable(client, {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: Table?.AttributeDefinitions,
    KeySchema: Table?.KeySchema,
  });
}
