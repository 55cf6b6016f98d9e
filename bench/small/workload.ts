import type { Destination } from '../../lambdas/domain/account.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import type { AccountRecord, AuditRow } from '../../local/account.ts';
import { expectedLine } from '../input/lines.ts';
import { benchRow } from '../input/rows.ts';

export const windowLength = 4 * 3_600_000;
const firstWindow = Date.parse('2025-11-22T00:00:00Z');

/** `accounts` accounts with `windows` windows each; all windows have the same number of rows. */
export interface Workload {
  readonly accounts: number;
  readonly windows: number;
  readonly rowsPerWindow: number;
}

/** One file that must be delivered. */
interface ExpectedFile {
  readonly accountId: string;
  readonly windowEnd: number;
  readonly lines: string;
}

/** Every file, window by window. As in production, an account's next window comes after all other accounts' windows. */
export function* expectedFiles({ accounts, windows, rowsPerWindow }: Workload): Generator<ExpectedFile> {
  for (let window = 0; window < windows; window++)
    for (let account = 0; account < accounts; account++) {
      const numbers = rowNumbers({ accounts, windows, rowsPerWindow }, account, window);
      const lines = numbers.map(number => expectedLine(benchRow(number))).join('');
      yield { accountId: accountIdOf(account), windowEnd: firstWindow + (window + 1) * windowLength, lines };
    }
}

/** The dispatcher's messages for these files, in the same order. */
export function messagesOf(workload: Workload): string[] {
  return [...expectedFiles(workload)].map(({ accountId, windowEnd }) =>
    JSON.stringify({ accountId, tick: toIso(windowEnd) }),
  );
}

export function accountRecord(
  account: number,
  destination: Destination,
  secretPrefix: string,
): AccountRecord {
  const accountId = accountIdOf(account);
  return {
    accountId,
    timeZone: 'UTC',
    status: 'active',
    exportFrom: toIso(firstWindow),
    destination,
    secretId: `${secretPrefix}${destination.type}`,
    format: 'ndjson',
    compression: 'zip',
  };
}

export function rowsOf(workload: Workload): AuditRow[] {
  const { accounts, windows, rowsPerWindow } = workload;
  const rows: AuditRow[] = [];
  for (let account = 0; account < accounts; account++)
    for (let window = 0; window < windows; window++)
      for (const [index, number] of rowNumbers(workload, account, window).entries()) {
        const { sortKey: _, ...values } = benchRow(number);
        rows.push({
          accountId: accountIdOf(account),
          recordedAt:
            firstWindow + window * windowLength + Math.floor((index * windowLength) / rowsPerWindow),
          id: String(index).padStart(6, '0'),
          values,
        });
      }
  return rows;
}

function accountIdOf(account: number): string {
  return `account-${String(account).padStart(5, '0')}`;
}

/** The numbers of a file's rows; no two files share a row. */
function rowNumbers({ windows, rowsPerWindow }: Workload, account: number, window: number): number[] {
  const first = (account * windows + window) * rowsPerWindow;
  return Array.from({ length: rowsPerWindow }, (_, index) => first + index);
}
