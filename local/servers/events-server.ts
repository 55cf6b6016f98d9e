import { randomUUID } from 'node:crypto';
import type { LocalServer } from './http-server.ts';
import { ServiceFault, startJsonProtocolServer } from './json-protocol-server.ts';

/** An event that was put on a bus. */
export interface PublishedEvent {
  readonly busName: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EventsServer extends LocalServer {
  /** All events, in order of arrival. */
  readonly events: readonly PublishedEvent[];
  /** Calls the listener for each later event, until the returned function is called. */
  onEvent(listener: (event: PublishedEvent) => void): () => void;
}

/** The part of EventBridge that receives events: stores them, and refuses those that EventBridge would refuse. */
export async function startEventsServer(): Promise<EventsServer> {
  const events: PublishedEvent[] = [];
  const listeners = new Set<(event: PublishedEvent) => void>();
  const server = await startJsonProtocolServer({
    PutEvents({ Entries }) {
      if (!Array.isArray(Entries) || Entries.length < 1 || Entries.length > 10)
        throw new ServiceFault('ValidationException', 'Entries: expected 1 to 10');
      const answers = Entries.map(take);
      return { FailedEntryCount: answers.filter(answer => 'ErrorCode' in answer).length, Entries: answers };
    },
  });
  return {
    ...server,
    events,
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  function take(entry: Readonly<Record<string, unknown>>): object {
    const { EventBusName = 'default', Source, DetailType, Detail } = entry;
    const detail = parseDetail(Detail);
    if (typeof Source !== 'string' || typeof DetailType !== 'string')
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source and DetailType are required.' };
    if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const event = { busName: String(EventBusName), source: Source, detailType: DetailType, detail };
    events.push(event);
    for (const listener of listeners) listener(event);
    return { EventId: randomUUID() };
  }
}

function parseDetail(detail: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(String(detail));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    // EventBridge gives no more details either.
    return undefined;
  }
}
