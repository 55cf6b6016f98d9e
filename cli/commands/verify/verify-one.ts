import { createCursorReader, type FoundCursor } from '../../../lambdas/aws/cursor-reader.ts';
import type { Account } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { AccountRecord } from '../../stage/account/account-record.ts';
import { type Standing, standingOf } from '../../stage/account/standing.ts';
import { createProbe } from '../../stage/bucket/probe.ts';
import type { Step } from '../../stage/bucket/steps.ts';
import type { Target } from '../../stage/target/target.ts';
import { accountSteps } from './account-steps.ts';
import { hasAnyRow } from './any-row.ts';
import { verifyAccount } from './verify-account.ts';

export interface Verified {
  readonly accountId: string;
  /** The way of an export to the bucket. */
  readonly way: readonly Step[];
  /** What else keeps files from coming. */
  readonly around: readonly Step[];
  readonly standing: Standing;
}

/** Goes the way of an account's export, then looks at what is around it; `tell` hears of each step at once. */
export async function verifyOne(
  target: Target,
  record: AccountRecord,
  tell: (step: Step) => void,
): Promise<Verified> {
  const way: Step[] = [];
  const probeOf = (account: Account) => createProbe(target, account);
  for await (const step of verifyAccount({ record, now: Date.now(), target, probeOf })) {
    way.push(step);
    tell(step);
  }
  const accountId = String(record.accountId);
  const cursor = await readCursor(target, accountId);
  const { settleSeconds } = await target.environment();
  const standing = standingOf(record, cursor, await target.now(), settleSeconds * 1000);
  const around = [...cursorSteps(cursor), ...(await stepsAround(target, standing))];
  for (const step of around) tell(step);
  return { accountId, way, around, standing };
}

async function readCursor(
  { dynamodb, outputs }: Target,
  accountId: string,
): Promise<FoundCursor | undefined> {
  const reader = createCursorReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  return (await reader.cursors([accountId])).get(accountId);
}

function cursorSteps(cursor: FoundCursor | undefined): Step[] {
  if (!(cursor instanceof ExportError)) return [];
  return [{ name: 'the ledger tells how far it is exported', outcome: 'wrong', detail: cursor.message }];
}

async function stepsAround(target: Target, standing: Standing): Promise<Step[]> {
  if (standing.account === undefined) return [];
  const hasRows = await hasAnyRow(target, standing.accountId);
  const { command, outputs } = target;
  return accountSteps({ standing, hasRows, command, exporterRoleArn: outputs.ExporterRoleArn });
}

export function isRight({ way, around }: Verified): boolean {
  return ![...way, ...around].some(({ outcome }) => outcome === 'wrong');
}

export function verifiedJson(verified: Verified) {
  const { accountId, way, around } = verified;
  return { accountId, verified: isRight(verified), steps: [...way, ...around] };
}
