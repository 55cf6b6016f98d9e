import { PassThrough } from 'node:stream';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExporterEnvironment, variables, type WatchdogVariable } from '../../lambdas/environment.ts';
import { type AwsServers, startAwsServers } from '../../local/aws-servers.ts';
import { type CloudServers, startCloudServers } from '../../local/cloud-servers.ts';
import { functionEnvironment } from '../../local/functions/environment.ts';
import { type LambdaFunction, startFunction } from '../../local/functions/lambda-function.ts';
import { writeBatch } from '../../local/provision.ts';
import { createResources } from '../../local/resources.ts';
import { synthesizeTemplate } from '../../local/template.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type Freeze, freezeBehind } from './freezes.ts';

type Name = 'dispatcher' | 'exporter' | 'watchdog';

/** As many as fill every batch that the dispatcher sends at once. */
const accounts = 600;
const destination = { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' } as const;
const ticks = [
  '2025-11-22T12:00:00Z',
  '2025-11-22T16:00:00Z',
  '2025-11-22T20:00:00Z',
  '2025-11-23T00:00:00Z',
] as const;

describe('a function that was frozen while all its connections were lost', () => {
  let aws: AwsServers;
  let clouds: CloudServers;
  const proxies = new Map<string, FaultProxy>();
  let environments: Readonly<Record<Name, Readonly<Record<string, string>>>>;
  const functions: LambdaFunction[] = [];

  beforeAll(async () => {
    [aws, clouds] = await Promise.all([startAwsServers(), startCloudServers([destination])]);
    const resources = await createResources(synthesizeTemplate(), aws);
    const servers: Record<string, string> = { ...aws.environment, ...clouds.environment };
    for (const [name, value] of Object.entries(servers)) {
      if (!value.startsWith('http')) continue;
      const proxy = await startFaultProxy(value, { wholeRequests: true });
      proxies.set(name, proxy);
      servers[name] = proxy.endpoint;
    }
    const { dispatcher, exporter } = resources.environments;
    const queueUrl = new URL(new URL(resources.exportQueue.url).pathname, servers.AWS_ENDPOINT_URL_SQS).href;
    const { accountsTable, ledgerTable, secretPrefix, stage } = readExporterEnvironment(exporter);
    const watchdog = {
      [variables.stage]: stage,
      [variables.accountsTable]: accountsTable,
      [variables.ledgerTable]: ledgerTable,
      [variables.dispatchStateTable]: String(dispatcher[variables.dispatchStateTable]),
      [variables.settleSeconds]: String(dispatcher[variables.settleSeconds]),
    } satisfies Record<WatchdogVariable, string>;
    const own = { [variables.exportQueueUrl]: queueUrl };
    environments = {
      dispatcher: functionEnvironment(dispatcher, servers, own),
      exporter: functionEnvironment(exporter, servers, own),
      watchdog: functionEnvironment(watchdog, servers),
    };
    const secretId = `${secretPrefix}acme`;
    await aws.secrets.send(
      new CreateSecretCommand({ Name: secretId, SecretString: clouds.credentials.secretOf('s3') }),
    );
    const records = Array.from({ length: accounts }, (_, index) => ({
      accountId: `account-${index}`,
      timeZone: 'UTC',
      status: 'active',
      exportFrom: '2025-11-22T09:00:00Z',
      destination,
      secretId,
    }));
    for (let first = 0; first < accounts; first += 25)
      await writeBatch(
        aws.dynamodb,
        accountsTable,
        records.slice(first, first + 25).map(record => ({ PutRequest: { Item: marshall(record) } })),
      );
  });
  afterAll(async () => {
    for (const started of functions) await started.close();
    for (const proxy of proxies.values()) await proxy.close();
    await Promise.all([aws?.close(), clouds?.close()]);
  });

  async function start(name: Name): Promise<Freeze & Pick<LambdaFunction, 'invoke'>> {
    const log = new PassThrough().resume();
    const module = new URL(`../../lambdas/${name}/handler.ts`, import.meta.url).href;
    const setting = { module, functionName: name, timeout: 60_000, clockAhead: 0 };
    const { invoke, close } = await startFunction({ ...setting, environment: environments[name], log });
    functions.push({ invoke, close });
    return { invoke, ...freezeBehind([...proxies.values()], 'reset') };
  }

  const message = (tick: string) => ({
    Records: [
      {
        messageId: tick,
        receiptHandle: tick,
        body: JSON.stringify({ accountId: 'account-1', tick }),
        attributes: { ApproximateReceiveCount: '1' },
      },
    ],
  });

  it('dispatches the next tick, and one request is lost', async () => {
    const { invoke, freeze, lost, connections } = await start('dispatcher');
    await invoke({ time: ticks[0] });
    expect(connections()).toBeGreaterThan(50);
    freeze();
    await invoke({ time: ticks[1] });
    expect(lost()).toBe(1);
    freeze();
    await invoke({ time: ticks[2] });
    expect(lost()).toBe(2);
    // What goes well on other connections says nothing about those to the queue, which are used many at once.
    freeze(proxies.get('AWS_ENDPOINT_URL_SQS'));
    await invoke({ time: ticks[3] });
    expect(lost()).toBeLessThanOrEqual(3);
  });

  it('watches the next time, and one request is lost', async () => {
    const { invoke, freeze, lost } = await start('watchdog');
    for (let time = 0; time < 3; time++) {
      await invoke({});
      expect(lost()).toBe(time);
      freeze();
    }
  });

  it('exports the next window, and one request is lost', async () => {
    const { invoke, freeze, lost } = await start('exporter');
    for (const [index, tick] of ticks.entries()) {
      expect(await invoke(message(tick))).toEqual({ batchItemFailures: [] });
      expect(lost()).toBe(index);
      freeze();
    }
  });
});
