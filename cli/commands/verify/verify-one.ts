import { createCursorReader, type FoundCursor } from '../../../lambdas/aws/cursor-reader.ts';
import type { Account } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { AccountRecord } from '../../stage/account/account-record.ts';
import { type Standing, standingOf } from '../../stage/account/standing.ts';
import { rowsOfAccount } from '../../stage/audit-log/sampled-rows.ts';
import { createProbe } from '../../stage/bucket/probe.ts';
import type { Step } from '../../stage/bucket/steps.ts';
import { proxyOf } from '../../stage/target/proxy.ts';
import type { Target } from '../../stage/target/target.ts';
import { accountSteps } from './account-steps.ts';
import { auditRowSteps } from './audit-rows.ts';
import { verifyAccount } from './verify-account.ts';

export interface Verified {
  readonly accountId: string;
  /** The steps of an export. */
  readonly way: readonly Step[];
  /** Other reasons why no files arrive. */
  readonly around: readonly Step[];
  readonly standing: Standing;
}

/**
 * Verifies one account: the steps of an export, then other reasons why no files arrive. `tell` receives each step at
 * once.
 * @param alone true if only this account is verified; then one of the customer’s own records is shown
 */
export async function verifyOne(
  target: Target,
  record: AccountRecord,
  { tell, alone }: { readonly tell: (step: Step) => void; readonly alone: boolean },
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
  const around = [
    ...directly(target, way),
    ...cursorSteps(cursor),
    ...(await stepsAround(target, standing, alone)),
  ];
  for (const step of around) tell(step);
  return { accountId, way, around, standing };
}

/** Where a proxy is the only way to the internet, a cloud is unreachable from here although Lambda can reach it. */
function directly({ local }: Target, way: readonly Step[]): Step[] {
  const isUnreachable = way.some(
    ({ outcome, detail = '' }) => outcome === 'wrong' && /^(network|no_answer):|\(ENOTFOUND\)/.test(detail),
  );
  if (local || !isUnreachable || proxyOf(process.env) === undefined) return [];
  return [
    {
      name: 'the cloud is reached as by the exporter',
      outcome: 'warning',
      detail:
        'HTTPS_PROXY is only used for requests to AWS: buckets are reached directly, as by the exporter',
      remedy: 'verify from where the cloud can be reached without a proxy, such as AWS CloudShell',
    },
  ];
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
  return [{ name: 'the cursor in the ledger can be read', outcome: 'wrong', detail: cursor.message }];
}

async function stepsAround(target: Target, standing: Standing, alone: boolean): Promise<Step[]> {
  if (standing.account === undefined) return [];
  const { command, outputs } = target;
  const rows = await rowsOfAccount(target, standing.accountId);
  const { auditLog: source } = await target.environment();
  return [
    ...accountSteps({ standing, command, exporterRoleArn: outputs.ExporterRoleArn }),
    ...auditRowSteps({ rows, source, now: Date.now(), alone }),
  ];
}

export function isRight({ way, around }: Verified): boolean {
  return ![...way, ...around].some(({ outcome }) => outcome === 'wrong');
}

export function verifiedJson(verified: Verified) {
  const { accountId, way, around } = verified;
  const steps = [...way, ...around].map(stepJson);
  return { accountId, verified: isRight(verified), error: null, steps };
}

function stepJson({ name, outcome, detail, remedy }: Step) {
  return { name, outcome, detail: detail ?? null, remedy: remedy ?? null };
}
