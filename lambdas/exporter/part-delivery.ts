import type { Account } from '../domain/account.ts';
import type { Cursor, Intent } from '../domain/cursor.ts';
import type { FileName } from '../domain/object-key.ts';
import type { Admitted } from './admit.ts';
import type { ExportSettings } from './export-settings.ts';
import type { Deadline, ExporterPorts } from './ports.ts';

/** The file to deliver, and everything that is needed for it. */
export interface PartDelivery {
  readonly account: Account;
  readonly cursor: Cursor;
  readonly intent: Intent;
  /** The token of this attempt. If the attempt cannot begin, the next one uses the same token. */
  readonly token: string;
  /** The queue's id of the message. */
  readonly messageId: string;
  /**
   * True in a backlog: the attempt and its lease are stored before the rows are read, for one more write. Other messages of
   * the account are in the queue, and would read the same rows for nothing.
   */
  readonly leasesFirst: boolean;
  readonly admitted: Admitted;
  readonly ports: ExporterPorts;
  readonly settings: ExportSettings;
  readonly deadline: Deadline;
}

export function fileNameOf({ account, intent }: PartDelivery): FileName {
  const { window, part, recipe } = intent;
  return { accountId: account.accountId, windowEnd: window.end, part, compression: recipe.compression };
}
