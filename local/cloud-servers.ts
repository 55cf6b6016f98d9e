import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Destination } from '../lambdas/domain/account.ts';
import { variables } from '../lambdas/environment.ts';
import { type CustomerCredentials, createCustomerCredentials } from './customer-credentials.ts';
import { sampleRegion, sampleRole } from './sample/accounts.ts';
import { type AzureServer, startAzureServer } from './servers/azure-server.ts';
import { type GcsServer, startGcsServer } from './servers/gcs-server.ts';
import { type S3Server, startS3Server } from './servers/s3-server.ts';
import { startStsServer } from './servers/sts-server.ts';

/** The customers’ clouds as servers on this machine, with every bucket that the accounts name. */
export interface CloudServers {
  readonly s3: S3Server;
  readonly gcs: GcsServer;
  readonly azure: AzureServer;
  readonly credentials: CustomerCredentials;
  /** Environment variables with which the exporter uses these servers. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startCloudServers(destinations: readonly Destination[]): Promise<CloudServers> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const credentials = createCustomerCredentials(privateKey);
  const { accountName, accountKey } = credentials.azure;
  const names = (type: Destination['type']) => [
    ...new Set(
      destinations
        .filter(destination => destination.type === type)
        .map(destination => (destination.type === 'azure' ? destination.container : destination.bucket)),
    ),
  ];

  const [s3, sts, gcs, azure] = await Promise.all([
    startS3Server({
      credentials: [credentials.s3, credentials.s3Role],
      buckets: names('s3').map(name => ({ name, region: sampleRegion })),
    }),
    startStsServer(
      new Map([[sampleRole.roleArn, { externalId: sampleRole.externalId, credentials: credentials.s3Role }]]),
    ),
    startGcsServer({
      serviceAccounts: [{ clientEmail: credentials.gcs.clientEmail, publicKey }],
      buckets: names('gcs').map(name => ({ name })),
    }),
    startAzureServer({ accountName, accountKey, containers: names('azure') }),
  ]);
  return {
    s3,
    gcs,
    azure,
    credentials,
    environment: {
      [variables.localS3Endpoint]: s3.endpoint,
      [variables.localStsEndpoint]: sts.endpoint,
      [variables.localGcsEndpoint]: gcs.endpoint,
      [variables.localAzureEndpoint]: azure.endpoint,
    },
    async close() {
      await Promise.all([s3.close(), sts.close(), gcs.close(), azure.close()]);
    },
  };
}
