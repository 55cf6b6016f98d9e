import type { StopReason } from './cursor.ts';
import type { DeliveredFile } from './delivered-file.ts';
import type { ExportError } from './failure.ts';
import type { Place } from './recipe.ts';
import type { Window } from './window.ts';

/** The file that failed, as far as the export had come. */
export interface FailedFile {
  readonly window?: Window | undefined;
  readonly part?: number | undefined;
  readonly attempt: number;
  /** Where the file was to go. */
  readonly cloud?: Place['type'] | undefined;
}

/** Logs and metrics; never throws. */
export interface ExportTelemetry {
  delivered(accountId: string, file: DeliveredFile): void;
  failed(accountId: string, failure: ExportError, at: FailedFile | undefined): void;
  stopped(accountId: string, reason: StopReason): void;
  note(
    subject: { readonly accountId: string } | { readonly messageId: string },
    message: string,
    cause?: unknown,
  ): void;
}
