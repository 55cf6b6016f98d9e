import { remedyFor } from '../../stage/account/remedy.ts';
import type { Standing } from '../../stage/account/standing.ts';
import type { Step } from '../../stage/bucket/steps.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import { utcTime } from '../../terminal/wording.ts';

export interface AccountState {
  readonly standing: Standing;
  /** The beginning of commands for the stage. */
  readonly command: string;
  readonly exporterRoleArn?: string | undefined;
}

/**
 * Failures that a small test upload does not reproduce, so the last error still counts although the test succeeded. A
 * refusal without a known reason may be over, so it is only a warning.
 */
const unseen: ReadonlyMap<string, 'wrong' | 'warning'> = new Map([
  ['object_exists', 'wrong'],
  ['out_of_time', 'wrong'],
  ['internal', 'wrong'],
  ['destination_rejected', 'warning'],
]);

export const lastExportStep = 'the last export succeeded';

/** Reasons why an account gets no files although they can be written. */
export function accountSteps(state: AccountState): Step[] {
  return [...lastExport(state), ...onPurpose(state)];
}

function lastExport({ standing: { account, cursor }, command, exporterRoleArn }: AccountState): Step[] {
  const error = cursor?.lastError;
  const outcome = unseen.get(error?.code ?? '');
  if (account === undefined || error === undefined || outcome === undefined) return [];
  return [
    {
      name: lastExportStep,
      outcome,
      detail: `${error.code}, at ${utcTime(error.at)}: ${error.message}`,
      remedy: remedyFor(error, account, { command, exporterRoleArn }),
    },
  ];
}

function onPurpose({ standing: { account, nextWindow }, command }: AccountState): Step[] {
  const steps: Step[] = [];
  if (account?.status === 'paused')
    steps.push({
      name: 'the account is active',
      outcome: 'warning',
      detail: 'it is paused: nothing is exported until it is resumed',
      remedy: accountCommand(`${command} account resume`, account.accountId),
    });
  const { addOnExpiresAt } = account ?? {};
  if (account && nextWindow && addOnExpiresAt !== undefined && nextWindow.end > addOnExpiresAt)
    steps.push({
      name: 'its add-on covers the next window',
      outcome: 'warning',
      detail: `it ends at ${utcTime(addOnExpiresAt)}: windows that end later are not exported`,
      remedy: accountCommand(`${command} account update`, account.accountId, '--add-on-expires-at <instant>'),
    });
  return steps;
}
