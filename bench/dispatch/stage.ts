import { mkdtempSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DispatcherVariable, variables } from '../../lambdas/environment.ts';
import { bundle } from '../../lib/build-functions.ts';
import { runtimeEnvironment } from '../../lib/runtime-environment.ts';
import type { Measured } from '../measure/child.ts';
import { runVariant } from '../measure/run-variant.ts';
import { startServer } from '../servers/start.ts';
import type { Population } from './population.ts';
import type { DispatchSettings } from './settings.ts';

export interface Latencies {
  readonly dynamodbMs: number;
  readonly sqsMs: number;
}

/** One tick by one variant. */
export interface DispatchRun extends Measured<object> {
  readonly reads: number;
  readonly batches: number;
}

/** Builds the bundles of the benchmark, and runs single ticks with them. */
export function setDispatchStage({ dynamodbMs, sqsMs }: Latencies) {
  const folder = mkdtempSync(join(tmpdir(), 'siem-export-bench-'));
  const handler = join(import.meta.dirname, '..', '..', 'lambdas', 'dispatcher', 'handler.ts');
  const dispatcherBundle = join(bundle(handler, join(folder, 'dispatcher')), 'index.mjs');
  const program = join(
    bundle(join(import.meta.dirname, 'variants.ts'), join(folder, 'variants')),
    'index.mjs',
  );

  return {
    /** @throws Error if the queue did not receive one message for each due account */
    async run(variant: string, population: Population, cpus?: number): Promise<DispatchRun> {
      const [dynamodb, sqs] = await Promise.all([
        startServer({ kind: 'accounts', latencyMs: dynamodbMs, ...population }),
        startServer({ kind: 'queue', latencyMs: sqsMs, ...population }),
      ]);
      try {
        const endpoints = { ...(await dynamodb.ask('endpoints')), ...(await sqs.ask('endpoints')) };
        const dynamodbEndpoint = String(endpoints.dynamodb);
        const queueUrl = `${endpoints.sqs}/123456789012/exports`;
        const settings: DispatchSettings = { dynamodbEndpoint, queueUrl, dispatcherBundle };
        const environment = { ...environmentOf(dynamodbEndpoint, queueUrl), ...runtimeEnvironment };
        const measured = await runVariant<object>({ program, variant, settings, environment, cpus });
        const { messages, accounts, highest } = await sqs.ask('received');
        if (messages !== population.due || accounts !== population.due || highest !== population.due - 1)
          throw new Error(
            `${variant} sent ${messages} messages to ${accounts} of ${population.due} accounts`,
          );
        const { SendMessageBatch: batches = 0 } = await sqs.ask('calls');
        const { Query = 0, Scan = 0 } = await dynamodb.ask('calls');
        return { ...measured, reads: Query + Scan, batches };
      } finally {
        dynamodb.stop();
        sqs.stop();
      }
    },
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function environmentOf(dynamodbEndpoint: string, queueUrl: string) {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIABENCHMARK0000001',
    AWS_SECRET_ACCESS_KEY: 'benchmark/secret/access/key/00000000001',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
    AWS_ENDPOINT_URL_SQS: new URL(queueUrl).origin,
    ...({
      [variables.stage]: 'bench',
      [variables.accountsTable]: 'Accounts',
      [variables.timeZoneIndex]: 'timeZone-index',
      [variables.dispatchStateTable]: 'DispatchState',
      [variables.exportQueueUrl]: queueUrl,
      [variables.settleSeconds]: '300',
    } satisfies Record<DispatcherVariable, string>),
  };
}
