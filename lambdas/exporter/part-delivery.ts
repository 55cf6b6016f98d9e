import type { Account } from '../domain/account.ts';
import type { Cursor, Intent } from '../domain/cursor.ts';
import type { FileName } from '../domain/object-key.ts';
import type { Admitted } from './admit.ts';
import type { ExportSettings } from './export-settings.ts';
import type { Deadline, ExporterPorts } from './ports.ts';

/** One file to be delivered, and everything that is needed for it. */
export interface PartDelivery {
  readonly account: Account;
  readonly cursor: Cursor;
  readonly intent: Intent;
  /** Names this attempt; kept for the next one if this is not begun. */
  readonly token: string;
  /** Of the message that is worked on. */
  readonly messageId: string;
  readonly admitted: Admitted;
  readonly ports: ExporterPorts;
  readonly settings: ExportSettings;
  readonly deadline: Deadline;
}

/** What the file is called. */
export function fileNameOf({ account, intent }: PartDelivery): FileName {
  const { window, part, recipe } = intent;
  return { accountId: account.accountId, windowEnd: window.end, part, compression: recipe.compression };
}
