import type { Account } from '../domain/account.ts';
import type { Cursor, Intent } from '../domain/cursor.ts';
import type { ExportSettings } from './export-settings.ts';
import type { Deadline, ExporterPorts } from './ports.ts';

/** One file to be delivered, and everything that is needed for it. */
export interface PartDelivery {
  readonly account: Account;
  readonly cursor: Cursor;
  readonly intent: Intent;
  /** Names this attempt; kept for the next one if this is not begun. */
  readonly token: string;
  readonly ports: ExporterPorts;
  readonly settings: ExportSettings;
  readonly deadline: Deadline;
}
