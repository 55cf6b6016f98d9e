import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { createRowSample, rowFrom } from '../../../lambdas/aws/row-sample.ts';
import type { StoredRow, StoredValue } from '../../../lambdas/domain/audit-record.ts';
import type { AuditLogSource } from '../../../lambdas/environment.ts';
import type { Target } from '../target/target.ts';

/** Why a table cannot be sampled. None of the reasons stops an export. */
export interface Closed {
  readonly reason: 'denied' | 'missing' | 'other-keys';
  /** DynamoDB’s message for a request that does not match the table’s keys. */
  readonly words: string;
}

const newestRows = 5;
const scannedRows = 25;

/** The newest rows of an account, newest first, and its oldest one, which may have another form. */
export async function rowsOfAccount(target: Target, accountId: string): Promise<StoredRow[] | Closed> {
  const { auditLog } = await target.environment();
  const sample = createRowSample({ client: clientFor(target, auditLog), source: auditLog });
  return unlessClosed(async () => {
    const newest = await sample.newest(accountId, newestRows);
    return newest.length < newestRows ? newest : [...newest, ...(await sample.oldest(accountId, 1))];
  });
}

/** The actions of an account’s newest rows, the newest first, page by page. Reads no other attribute. */
export async function* newestActions(
  target: Target,
  accountId: string,
  most: number,
): AsyncGenerator<readonly StoredValue[]> {
  const { auditLog } = await target.environment();
  const sample = createRowSample({ client: clientFor(target, auditLog), source: auditLog });
  yield* sample.newestValues(accountId, auditLog.attributes.action, most);
}

/** A few rows of any accounts. */
export async function rowsOfTable(target: Target): Promise<StoredRow[] | Closed> {
  const { auditLog } = await target.environment();
  const client = clientFor(target, auditLog);
  return unlessClosed(async () => {
    const { Items = [] } = await client.send(
      new ScanCommand({ TableName: auditLog.tableName, Limit: scannedRows }),
    );
    return Items.map(rowFrom);
  });
}

function clientFor(target: Target, { region }: AuditLogSource) {
  return region === undefined ? target.dynamodb : target.dynamodbIn(region);
}

const reasons: ReadonlyMap<string, Closed['reason']> = new Map([
  ['AccessDeniedException', 'denied'],
  ['ResourceNotFoundException', 'missing'],
  ['ValidationException', 'other-keys'],
]);

async function unlessClosed(read: () => Promise<StoredRow[]>): Promise<StoredRow[] | Closed> {
  try {
    return await read();
  } catch (thrown) {
    const reason = thrown instanceof Error ? reasons.get(thrown.name) : undefined;
    if (reason === undefined || !(thrown instanceof Error)) throw thrown;
    return { reason, words: thrown.message };
  }
}
