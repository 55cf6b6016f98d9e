import { generateKeyPairSync } from 'node:crypto';
import type { Writable } from 'node:stream';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Instant, toIso } from '../../lambdas/domain/instant.ts';
import { variables } from '../../lambdas/environment.ts';
import { startAwsServers } from '../aws-servers.ts';
import { clockAhead, putClockForward } from '../clock.ts';
import { createCustomerCredentials } from '../customer-credentials.ts';
import { functionEnvironment } from '../functions/environment.ts';
import { type LambdaFunction, startFunction } from '../functions/lambda-function.ts';
import { createResources, type FunctionName } from '../resources.ts';
import { emptyQueue, scheduledEvent } from '../run-ticks.ts';
import { startAzureServer } from '../servers/azure-server.ts';
import { startGcsServer } from '../servers/gcs-server.ts';
import type { ServiceAccount } from '../servers/gcs-token.ts';
import { startS3Server } from '../servers/s3-server.ts';
import type { AccessKey } from '../servers/s3-signature.ts';
import { type LocalRole, startStsServer } from '../servers/sts-server.ts';
import { stateOf, writeState } from '../state.ts';
import { synthesizeTemplate } from '../template.ts';
import { bucketRegion, buckets, createCustomers } from './customers.ts';

export interface WorldOptions {
  /** The path of the state file for the command line. */
  readonly stateFile: string;
  /** Receives the output of the functions. */
  readonly log: Writable;
  /** True if each tick sets all clocks to its time; else ticks must be in the past. */
  readonly ownTime: boolean;
  /** The time limit of an exporter in milliseconds; by default that of the template. */
  readonly exporterTimeout?: () => number | undefined;
  /** Returns variables of proxies between the functions and the servers; none by default. */
  readonly onTheWay?: (environment: Readonly<Record<string, string>>) => Promise<Record<string, string>>;
}

/** A row of the audit log. */
export interface Row {
  readonly recordedAt: Instant;
  readonly values: Readonly<Record<string, unknown>>;
}

export const role = {
  roleArn: 'arn:aws:iam::444455556666:role/siem-export',
  externalId: 'acme-7f3c',
} as const;

export type World = Awaited<ReturnType<typeof startWorld>>;

/** A local mode without accounts, and customers’ clouds in which a test can revoke credentials and delete files. */
export async function startWorld({
  stateFile,
  log,
  ownTime,
  exporterTimeout = () => undefined,
  onTheWay = async () => ({}),
}: WorldOptions) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const credentials = createCustomerCredentials(privateKey);
  const { accountName, accountKey } = credentials.azure;
  const accessKeys: AccessKey[] = [credentials.s3, credentials.s3Role];
  const protectedRole: LocalRole = { externalId: role.externalId, credentials: credentials.s3Role };
  const roles = new Map<string, LocalRole>([[role.roleArn, protectedRole]]);
  const { clientEmail } = credentials.gcs;
  const serviceAccounts: ServiceAccount[] = [{ clientEmail, publicKey }];
  const [aws, s3, sts, gcs, azure] = await Promise.all([
    startAwsServers(),
    startS3Server({ credentials: accessKeys, buckets: [{ name: buckets.s3, region: bucketRegion }] }),
    startStsServer(roles),
    startGcsServer({ serviceAccounts, buckets: [{ name: buckets.gcs }] }),
    startAzureServer({ accountName, accountKey, containers: [buckets.azure] }),
  ]);
  const clouds = {
    [variables.localS3Endpoint]: s3.endpoint,
    [variables.localStsEndpoint]: sts.endpoint,
    [variables.localGcsEndpoint]: gcs.endpoint,
    [variables.localAzureEndpoint]: azure.endpoint,
  };
  const resources = await createResources(synthesizeTemplate(), aws);
  const { exporter: variablesOfExporter } = resources.environments;
  const [dispatcher, exporter, watchdog] = await Promise.all([
    start('dispatcher'),
    start('exporter'),
    start('watchdog'),
  ]);
  await announce();

  async function start(name: FunctionName): Promise<LambdaFunction> {
    return startFunction({
      functionName: name,
      module: new URL(`../../lambdas/${name}/handler.ts`, import.meta.url).href,
      environment: functionEnvironment(
        resources.environments[name],
        aws.environment,
        clouds,
        await onTheWay({ ...aws.environment, ...clouds }),
      ),
      timeout: resources.exporterTimeout,
      log,
    });
  }

  function announce(): Promise<void> {
    return writeState(stateFile, stateOf({ aws, resources, clouds, clockAhead: clockAhead() }));
  }

  /** Sets the clock of the servers, the functions and the command line. */
  async function setClock(instant: Instant): Promise<void> {
    putClockForward(clockAhead() + instant - Date.now());
    await announce();
  }

  return {
    aws,
    credentials,
    customers: createCustomers({ s3, gcs, azure, credentials }),
    accessKeys,
    serviceAccounts,
    roles,
    sts,
    clouds,
    resources,
    setClock,

    /** Sends one tick to the dispatcher, and its messages to the exporter. */
    async tick(instant: Instant): Promise<void> {
      if (ownTime) await setClock(instant + 1000);
      await dispatcher.invoke(scheduledEvent(instant));
      await emptyQueue({
        dispatcher,
        exporter: { ...exporter, invoke: event => exporter.invoke(event, exporterTimeout()) },
        sqs: aws.sqs,
        queue: resources.exportQueue,
        onTick: () => undefined,
        onError: error => log.write(`${String(error)}\n`),
      });
    },

    /** Runs the watchdog at an instant. */
    async watch(instant: Instant): Promise<void> {
      await setClock(instant);
      await watchdog.invoke(scheduledEvent(instant));
    },

    async writeRows(accountId: string, rows: readonly Row[]): Promise<void> {
      const TableName = variablesOfExporter.AUDIT_LOG_TABLE ?? '';
      for (let first = 0; first < rows.length; first += 25) {
        const items = rows.slice(first, first + 25).map(({ recordedAt, values }, index) => ({
          PutRequest: {
            Item: marshall({ ...values, accountId, recordedAt: `${toIso(recordedAt)}#${first + index}` }),
          },
        }));
        await aws.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: items } }));
      }
    },

    async close(): Promise<void> {
      await Promise.all([dispatcher.close(), exporter.close(), watchdog.close()]);
      await Promise.all([s3, sts, gcs, azure, aws].map(server => server.close()));
    },
  };
}
