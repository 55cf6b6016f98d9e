import { type ExporterEnvironment, readExporterEnvironment, variables } from '../../lambdas/environment.ts';
import type { AccountRecord } from '../../local/account.ts';
import { type AwsServers, startAwsServers } from '../../local/aws-servers.ts';
import { type CloudServers, startCloudServers } from '../../local/cloud-servers.ts';
import { functionEnvironment } from '../../local/functions/environment.ts';
import { createResources, type Resources } from '../../local/resources.ts';
import { synthesizeTemplate } from '../../local/template.ts';
import { type FaultProxy, startFaultProxy } from '../contract/fault-proxy.ts';

/** The stack’s tables and queues and the customers’ clouds, each behind a proxy. */
export interface ChaosServers {
  readonly aws: AwsServers;
  readonly clouds: CloudServers;
  readonly resources: Resources;
  readonly environment: ExporterEnvironment;
  readonly accounts: readonly AccountRecord[];
  readonly proxies: { readonly cloud: readonly FaultProxy[]; readonly aws: readonly FaultProxy[] };
  /** The whole environment of an exporter, which reaches every server through its proxy. */
  readonly exporterEnvironment: Readonly<Record<string, string>>;
  readonly dispatcherEnvironment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const proxiedServices = ['DYNAMODB', 'EVENTBRIDGE', 'SECRETS_MANAGER'] as const;
const proxiedClouds = [
  variables.localS3Endpoint,
  variables.localGcsEndpoint,
  variables.localAzureEndpoint,
] as const;

export async function startChaosServers(
  accountsOf: (secretPrefix: string) => readonly AccountRecord[],
): Promise<ChaosServers> {
  const aws = await startAwsServers();
  const resources = await createResources(synthesizeTemplate(), aws);
  const { exporter, dispatcher } = resources.environments;
  const environment = readExporterEnvironment(exporter);
  const accounts = accountsOf(environment.secretPrefix);
  const clouds = await startCloudServers(accounts.map(({ destination }) => destination));

  const before = async (
    names: readonly string[],
    servers: Readonly<Record<string, string>>,
    wholeRequests: boolean,
  ) =>
    new Map(
      await Promise.all(
        names.map(
          async name =>
            [
              name,
              await startFaultProxy(servers[name] ?? '', { keepRequests: false, wholeRequests }),
            ] as const,
        ),
      ),
    );
  const awsProxies = await before(
    proxiedServices.map(service => `AWS_ENDPOINT_URL_${service}`),
    aws.environment,
    // An incomplete request ends Dynalite’s process.
    true,
  );
  const cloudProxies = await before(proxiedClouds, clouds.environment, false);
  const proxied = [...awsProxies, ...cloudProxies].map(([name, { endpoint }]) => [name, endpoint] as const);
  return {
    aws,
    clouds,
    resources,
    environment,
    accounts,
    proxies: { cloud: [...cloudProxies.values()], aws: [...awsProxies.values()] },
    exporterEnvironment: functionEnvironment(
      exporter,
      aws.environment,
      clouds.environment,
      Object.fromEntries(proxied),
    ),
    dispatcherEnvironment: functionEnvironment(dispatcher, aws.environment),
    async close() {
      await Promise.all([...awsProxies.values(), ...cloudProxies.values()].map(proxy => proxy.close()));
      await Promise.all([aws.close(), clouds.close()]);
    },
  };
}
