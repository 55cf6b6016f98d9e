import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import type { DeliveredFile } from '../domain/delivered-file.ts';
import { toIso } from '../domain/instant.ts';
import { placeName } from '../domain/recipe.ts';
import type { Window } from '../domain/window.ts';
import type { ExportEvents } from '../exporter/ports.ts';

export const eventSource = 'siem-export';

export type EventType =
  | 'Export Delivered'
  | 'Export Failed'
  | 'Export Recovered'
  | 'Export Redirected'
  | 'Export Stopped'
  | 'Rows Recorded Late';

/** EventBridge. Each event may come more than once; `accountId`, `windowEnd` and `part` tell that it is the same. */
export function createExportEvents({
  client,
  busName,
}: {
  client: EventBridgeClient;
  busName: string;
}): ExportEvents {
  return {
    delivered: (accountId, file) => put('Export Delivered', { accountId, ...fileDetail(file) }),
    recovered: (accountId, file, failures) =>
      put('Export Recovered', { accountId, failures, windowEnd: toIso(file.window.end), part: file.part }),
    redirected: (accountId, { window, part, place }, from) =>
      put('Export Redirected', { accountId, from, to: placeName(place), windowEnd: toIso(window.end), part }),
    failed: (accountId, { code, message, retryable }, window) =>
      put('Export Failed', {
        accountId,
        code,
        message,
        actionNeeded: !retryable,
        ...(window && windowDetail(window)),
      }),
    stopped: (accountId, reason, exportedThrough) =>
      put('Export Stopped', { accountId, reason, exportedThrough: toIso(exportedThrough) }),
    recordedLate: (accountId, window, rows) =>
      put('Rows Recorded Late', { accountId, ...windowDetail(window), rows }),
  };

  async function put(type: EventType, detail: object): Promise<void> {
    const entry = {
      EventBusName: busName,
      Source: eventSource,
      DetailType: type,
      Detail: JSON.stringify(detail),
    };
    const command = new PutEventsCommand({ Entries: [entry] });
    const { FailedEntryCount = 0, Entries } = await client.send(sentAgainWhenRefused(command));
    if (FailedEntryCount > 0) throw new EventRefusedError(type, Entries?.[0]?.ErrorCode);
  }
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

function fileDetail({ window, place, key, part, final, records, malformed, bytes, sha256 }: DeliveredFile) {
  return {
    ...windowDetail(window),
    part,
    final,
    bucket: placeName(place),
    key,
    records,
    malformed,
    bytes,
    sha256,
  };
}

function windowDetail({ start, end }: Window) {
  return { windowStart: toIso(start), windowEnd: toIso(end) };
}
