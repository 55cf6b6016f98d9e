import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';

export const eventSource = 'siem-export';

export type EventType =
  | 'Account Changed'
  | 'Export Delivered'
  | 'Export Failed'
  | 'Export Recovered'
  | 'Export Redirected'
  | 'Export Stopped'
  | 'Rows Recorded Late';

/**
 * Puts one event on the bus.
 * @throws EventRefusedError if EventBridge answers but does not accept the event
 */
export type PutEvent = (type: EventType, detail: object) => Promise<void>;

export function createEventBus({
  client,
  busName,
}: {
  client: EventBridgeClient;
  busName: string;
}): PutEvent {
  return async (type, detail) => {
    const entry = {
      EventBusName: busName,
      Source: eventSource,
      DetailType: type,
      Detail: JSON.stringify(detail),
    };
    const command = new PutEventsCommand({ Entries: [entry] });
    const { FailedEntryCount = 0, Entries } = await client.send(sentAgainWhenRefused(command));
    if (FailedEntryCount > 0) throw new EventRefusedError(type, Entries?.[0]?.ErrorCode);
  };
}

const retryableCodes = new Set(['ThrottlingException', 'InternalFailure', 'InternalException']);

/**
 * Makes the SDK retry an event that EventBridge temporarily rejects. Such an answer has the status
 * 200, which the SDK takes for success. Without the retry, the export would fail after its upload,
 * and the whole file would be packed again.
 */
function sentAgainWhenRefused(command: PutEventsCommand): PutEventsCommand {
  command.middlewareStack.add(
    next => async args => {
      const result = await next(args);
      const [entry] = (result.output as PutEventsCommandOutput).Entries ?? [];
      if (retryableCodes.has(entry?.ErrorCode ?? '')) {
        const refused = new EventRefusedError(command.input.Entries?.[0]?.DetailType, entry?.ErrorCode);
        throw Object.assign(refused, { $retryable: { throttling: true } });
      }
      return result;
    },
    { step: 'deserialize', priority: 'high', name: 'sentAgainWhenRefused' },
  );
  return command;
}

/** EventBridge answered, but did not accept the event. */
export class EventRefusedError extends Error {
  override readonly name = 'EventRefusedError';
  readonly code = 'event_refused';
  readonly retryable = true;

  constructor(type: string | undefined, refusal: string | undefined) {
    super(`EventBridge did not accept the event ${type}: ${refusal}`);
  }
}
