import type { DeliveredFile } from '../domain/delivered-file.ts';
import { toIso } from '../domain/instant.ts';
import { placeName } from '../domain/recipe.ts';
import type { Window } from '../domain/window.ts';
import type { ExportEvents } from '../exporter/ports.ts';
import type { PutEvent } from './event-bus.ts';

/**
 * Sends the exporter's events to EventBridge. An event may arrive more than once; receivers recognise a repetition by
 * `accountId`, `windowEnd` and `part`.
 */
export function createExportEvents(put: PutEvent): ExportEvents {
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
