import type { StopReason } from './cursor.ts';
import type { DeliveredFile } from './delivered-file.ts';
import type { ExportError } from './failure.ts';
import type { Place } from './recipe.ts';
import type { Window } from './window.ts';

/** Logs and metrics; never throws. */
export interface ExportTelemetry {
  delivered(accountId: string, file: DeliveredFile): void;
  /** @param cloud where the file was to go, once that is known */
  failed(
    accountId: string,
    failure: ExportError,
    window: Window | undefined,
    cloud: Place['type'] | undefined,
  ): void;
  stopped(accountId: string, reason: StopReason): void;
  note(accountId: string, message: string, cause?: unknown): void;
}
