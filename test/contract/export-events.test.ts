import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterEach, describe, expect, it } from 'vitest';
import { createEventBus, EventRefusedError } from '../../lambdas/aws/event-bus.ts';
import { createExportEvents } from '../../lambdas/aws/export-events.ts';
import type { LocalServer } from '../../local/servers/http-server.ts';
import { startJsonProtocolServer } from '../../local/servers/json-protocol-server.ts';

let server: LocalServer;
let client: EventBridgeClient;
afterEach(async () => {
  client.destroy();
  await server.close();
});

describe('an event', () => {
  /** An EventBridge that answers 200 even if it refuses an event; `undefined` accepts it. */
  async function startBus(refusals: readonly (string | undefined)[]) {
    const details: unknown[] = [];
    server = await startJsonProtocolServer({
      PutEvents({ Entries }) {
        const refusal = refusals[details.length];
        details.push((Entries as { Detail: string }[])[0]?.Detail);
        const answer = refusal === undefined ? { EventId: '1' } : { ErrorCode: refusal, ErrorMessage: 'no' };
        return { FailedEntryCount: refusal === undefined ? 0 : 1, Entries: [answer] };
      },
    });
    client = new EventBridgeClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
      maxAttempts: 4,
    });
    return { events: createExportEvents(createEventBus({ client, busName: 'default' })), sent: details };
  }

  it('is sent again when EventBridge does not take it for the moment', async () => {
    const { events, sent } = await startBus(['InternalFailure', 'ThrottlingException', undefined]);
    await events.stopped('acme', 'paused', 0);
    expect(sent).toHaveLength(3);
    expect(new Set(sent).size).toBe(1);
  });

  it('is an error, in the end, if it is never taken', async () => {
    const { events, sent } = await startBus(Array(9).fill('InternalFailure'));
    const refusal = events.stopped('acme', 'paused', 0);
    await expect(refusal).rejects.toThrow(EventRefusedError);
    await expect(refusal).rejects.toThrow(
      'EventBridge did not accept the event Export Stopped: InternalFailure',
    );
    expect(sent).toHaveLength(4);
  });

  it('is an error at once if it is refused for what it says', async () => {
    const { events, sent } = await startBus(['MalformedDetail']);
    await expect(events.stopped('acme', 'paused', 0)).rejects.toThrow(
      'EventBridge did not accept the event Export Stopped: MalformedDetail',
    );
    expect(sent).toHaveLength(1);
  });
});
