import { PassThrough } from 'node:stream';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { marshall } from '@aws-sdk/util-dynamodb';
import { readExporterEnvironment, variables } from '../../lambdas/environment.ts';
import { startAwsServers } from '../../local/aws-servers.ts';
import { startCloudServers } from '../../local/cloud-servers.ts';
import { functionEnvironment } from '../../local/functions/environment.ts';
import { type LambdaFunction, startFunction } from '../../local/functions/lambda-function.ts';
import { writeBatch } from '../../local/provision.ts';
import { createResources } from '../../local/resources.ts';
import { sampleRole } from '../../local/sample/accounts.ts';
import { synthesizeTemplate } from '../../local/template.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

export type FunctionName = 'dispatcher' | 'exporter' | 'watchdog';

/** The three functions as they are deployed, with a proxy before each server. */
export interface ProxiedFunctions {
  /** By the name of the variable that holds the server’s address. */
  readonly proxies: ReadonlyMap<string, FaultProxy>;
  start(name: FunctionName): Promise<StartedFunction>;
  close(): Promise<void>;
}

interface StartedFunction extends Pick<LambdaFunction, 'invoke'> {
  /** The output of the function so far. */
  log(): string;
}

interface Options {
  /** The number of accounts: `account-0` and so on, in UTC, with S3 keys; and `by-role`, which uses a role. */
  readonly accounts: number;
  /** The session token of the functions’ own credentials. */
  readonly sessionToken?: string;
}

const destination = { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' } as const;

export async function startProxiedFunctions({ accounts, sessionToken }: Options): Promise<ProxiedFunctions> {
  const [aws, clouds] = await Promise.all([startAwsServers(), startCloudServers([destination])]);
  const { environments: deployed, exportQueue } = await createResources(synthesizeTemplate(), aws);
  const servers: Record<string, string> = { ...aws.environment, ...clouds.environment };
  if (sessionToken !== undefined) servers.AWS_SESSION_TOKEN = sessionToken;
  const proxies = new Map<string, FaultProxy>();
  for (const [name, value] of Object.entries(servers)) {
    if (!value.startsWith('http')) continue;
    const proxy = await startFaultProxy(value, { wholeRequests: true });
    proxies.set(name, proxy);
    servers[name] = proxy.endpoint;
  }
  const { dispatcher, exporter } = deployed;
  const queueUrl = new URL(new URL(exportQueue.url).pathname, servers.AWS_ENDPOINT_URL_SQS).href;
  const { accountsTable, secretPrefix } = readExporterEnvironment(exporter);
  const own = { [variables.exportQueueUrl]: queueUrl };
  const environments = {
    dispatcher: functionEnvironment(dispatcher, servers, own),
    exporter: functionEnvironment(exporter, servers, own),
    // The exporter’s variables include all that the watchdog reads.
    watchdog: functionEnvironment(exporter, servers),
  };
  const secretId = `${secretPrefix}acme`;
  const SecretString = clouds.credentials.secretOf('s3');
  await aws.secrets.send(new CreateSecretCommand({ Name: secretId, SecretString }));
  const common = { timeZone: 'UTC', status: 'active', exportFrom: '2025-11-22T09:00:00Z' };
  const records = [
    ...Array.from({ length: accounts }, (_, index) => ({
      ...common,
      accountId: `account-${index}`,
      destination,
      secretId,
    })),
    { ...common, accountId: 'by-role', destination: { ...destination, ...sampleRole } },
  ];
  for (let first = 0; first < records.length; first += 25)
    await writeBatch(
      aws.dynamodb,
      accountsTable,
      records.slice(first, first + 25).map(record => ({ PutRequest: { Item: marshall(record) } })),
    );
  const functions: LambdaFunction[] = [];

  return {
    proxies,
    async start(name) {
      const log: string[] = [];
      const output = new PassThrough().on('data', bytes => log.push(String(bytes)));
      const module = new URL(`../../lambdas/${name}/handler.ts`, import.meta.url).href;
      const setting = { module, functionName: name, timeout: 60_000, clockAhead: 0 };
      const started = await startFunction({ ...setting, environment: environments[name], log: output });
      functions.push(started);
      return { invoke: started.invoke, log: () => log.join('') };
    },
    async close() {
      for (const started of functions) await started.close();
      for (const proxy of proxies.values()) await proxy.close();
      await Promise.all([aws.close(), clouds.close()]);
    },
  };
}

/** The event that makes an exporter export the windows of an account up to a tick. */
export function messageFor(accountId: string, tick: string): object {
  const attributes = { ApproximateReceiveCount: '1' };
  return {
    Records: [
      { messageId: tick, receiptHandle: tick, body: JSON.stringify({ accountId, tick }), attributes },
    ],
  };
}
