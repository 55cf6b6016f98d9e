import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterEach, expect, test } from 'vitest';
import { createExportEvents, EventRefusedError } from '../../lambdas/aws/export-events.ts';
import type { LocalServer } from '../../local/servers/http-server.ts';
import { startJsonProtocolServer } from '../../local/servers/json-protocol-server.ts';

let server: LocalServer;
let client: EventBridgeClient;
afterEach(async () => {
  client.destroy();
  await server.close();
});

/** EventBridge, which answers 200 whatever becomes of the event; `undefined` takes it. */
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
  return { events: createExportEvents({ client, busName: 'default' }), details };
}

test('an event that EventBridge does not take for the moment is sent again', async () => {
  const { events, details } = await startBus(['InternalFailure', 'ThrottlingException', undefined]);
  await events.stopped('acme', 'paused', 0);
  expect(details).toHaveLength(3);
  expect(new Set(details).size).toBe(1);
});

test('one that it never takes is an error, in the end', async () => {
  const { events, details } = await startBus(Array(9).fill('InternalFailure'));
  const refusal = events.stopped('acme', 'paused', 0);
  await expect(refusal).rejects.toThrow(EventRefusedError);
  await expect(refusal).rejects.toThrow('EventBridge did not take Export Stopped: InternalFailure');
  expect(details).toHaveLength(4);
});

test('one that it refuses for what it says is an error at once', async () => {
  const { events, details } = await startBus(['MalformedDetail']);
  await expect(events.stopped('acme', 'paused', 0)).rejects.toThrow(
    'EventBridge did not take Export Stopped: MalformedDetail',
  );
  expect(details).toHaveLength(1);
});
