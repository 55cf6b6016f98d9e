import type { StopReason } from './cursor.ts';
import type { DeliveredFile } from './delivered-file.ts';
import type { ExportError } from './failure.ts';
import type { Instant } from './instant.ts';
import type { Window } from './window.ts';

/** What customers can be told; delivered at least once (EventBridge; docs/events.md). */
export interface ExportEvents {
  delivered(accountId: string, file: DeliveredFile): Promise<void>;
  failed(accountId: string, failure: ExportError, window: Window | undefined): Promise<void>;
  recovered(accountId: string, file: DeliveredFile, failures: number): Promise<void>;
  stopped(accountId: string, reason: StopReason, exportedThrough: Instant): Promise<void>;
}
