import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LambdaFunction } from '../../local/functions/lambda-function.ts';
import { type Freeze, freezeBehind } from './freezes.ts';
import {
  type FunctionName,
  messageFor,
  type ProxiedFunctions,
  startProxiedFunctions,
} from './proxied-functions.ts';

/** Enough to fill every batch that the dispatcher sends at once. */
const accounts = 600;
const ticks = [
  '2025-11-22T12:00:00Z',
  '2025-11-22T16:00:00Z',
  '2025-11-22T20:00:00Z',
  '2025-11-23T00:00:00Z',
] as const;

describe('a function that was frozen while all its connections were lost', () => {
  let stage: ProxiedFunctions;
  beforeAll(async () => {
    stage = await startProxiedFunctions({ accounts });
  });
  afterAll(() => stage?.close());

  async function start(name: FunctionName): Promise<Freeze & Pick<LambdaFunction, 'invoke'>> {
    const { invoke } = await stage.start(name);
    return { invoke, ...freezeBehind([...stage.proxies.values()], 'reset') };
  }

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
    // The other connections are not affected: those to the queue are used many at once.
    freeze(stage.proxies.get('AWS_ENDPOINT_URL_SQS'));
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
      expect(await invoke(messageFor('account-1', tick))).toEqual({ batchItemFailures: [] });
      expect(lost()).toBe(index);
      freeze();
    }
  });
});
