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
 * @throws EventRefusedError if EventBridge answers but does not take it
 */
export type PutEvent = (type: EventType, detail: object) => Promise<void>;

/** A bus of EventBridge. */
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

const passingRefusals = new Set(['ThrottlingException', 'InternalFailure', 'InternalException']);

/**
 * Has the SDK send an event again that EventBridge does not take for the moment. The answer to the request is 200 then,
 * which the SDK counts as a success; without this a whole uploaded file would be packed once more for its event's sake.
 */
function sentAgainWhenRefused(command: PutEventsCommand): PutEventsCommand {
  command.middlewareStack.add(
    next => async args => {
      const result = await next(args);
      const [entry] = (result.output as PutEventsCommandOutput).Entries ?? [];
      if (passingRefusals.has(entry?.ErrorCode ?? '')) {
        const refused = new EventRefusedError(command.input.Entries?.[0]?.DetailType, entry?.ErrorCode);
        throw Object.assign(refused, { $retryable: { throttling: true } });
      }
      return result;
    },
    { step: 'deserialize', priority: 'high', name: 'sentAgainWhenRefused' },
  );
  return command;
}

/** EventBridge answered, but did not take the event. */
export class EventRefusedError extends Error {
  override readonly name = 'EventRefusedError';
  readonly code = 'event_refused';
  readonly retryable = true;

  constructor(type: string | undefined, refusal: string | undefined) {
    super(`EventBridge did not take ${type}: ${refusal}`);
  }
}
