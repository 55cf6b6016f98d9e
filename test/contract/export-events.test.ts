import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterEach, describe, expect, it } from 'vitest';
import { sendingDirectly } from '../../lambdas/aws/direct-client.ts';
import { allTaken, createExportEvents, EventRefusedError } from '../../lambdas/aws/export-events.ts';
import type { LocalServer } from '../../local/servers/http-server.ts';
import { startJsonProtocolServer } from '../../local/servers/json-protocol-server.ts';

let server: LocalServer;
let client: EventBridgeClient;
afterEach(async () => {
  client.destroy();
  await server.close();
});

const ways: [string, (client: EventBridgeClient) => EventBridgeClient][] = [
  ['by the SDK', client => client],
  ['directly', client => sendingDirectly(client, allTaken)],
];

describe.each(ways)('an event that is sent %s', (_, sending) => {
  /** EventBridge, which answers 200 whatever becomes of the event; `undefined` takes it. It has taken one before. */
  async function startBus(refusals: readonly (string | undefined)[]) {
    const details: unknown[] = [];
    server = await startJsonProtocolServer({
      PutEvents({ Entries }) {
        const refusal = refusals[details.length - 1];
        details.push((Entries as { Detail: string }[])[0]?.Detail);
        const answer = refusal === undefined ? { EventId: '1' } : { ErrorCode: refusal, ErrorMessage: 'no' };
        return { FailedEntryCount: refusal === undefined ? 0 : 1, Entries: [answer] };
      },
    });
    client = sending(
      new EventBridgeClient({
        endpoint: server.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
        maxAttempts: 4,
      }),
    );
    const events = createExportEvents({ client, busName: 'default' });
    await events.stopped('acme', 'expired', 0);
    return { events, sent: () => details.slice(1) };
  }

  it('is sent again when EventBridge does not take it for the moment', async () => {
    const { events, sent } = await startBus(['InternalFailure', 'ThrottlingException', undefined]);
    await events.stopped('acme', 'paused', 0);
    expect(sent()).toHaveLength(3);
    expect(new Set(sent()).size).toBe(1);
  });

  it('is an error, in the end, if it is never taken', async () => {
    const { events, sent } = await startBus(Array(9).fill('InternalFailure'));
    const refusal = events.stopped('acme', 'paused', 0);
    await expect(refusal).rejects.toThrow(EventRefusedError);
    await expect(refusal).rejects.toThrow('EventBridge did not take Export Stopped: InternalFailure');
    expect(sent()).toHaveLength(4);
  });

  it('is an error at once if it is refused for what it says', async () => {
    const { events, sent } = await startBus(['MalformedDetail']);
    await expect(events.stopped('acme', 'paused', 0)).rejects.toThrow(
      'EventBridge did not take Export Stopped: MalformedDetail',
    );
    expect(sent()).toHaveLength(1);
  });
});
