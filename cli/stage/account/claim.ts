import { CommandError } from '../../terminal/command-error.ts';
import { toCommandError } from '../unreachable.ts';
import type { AccountRecord } from './account-record.ts';
import { isChangedAlready } from './record-change.ts';
import type { Stores } from './stores.ts';

/**
 * Adds an account with its credential. The account is created first, as paused; it becomes active after the secret is
 * stored. So if two operators add the same account at once, the second fails before it overwrites the secret, which
 * has the same name for both. If the command is interrupted, a paused account remains. One event is sent, unless
 * nothing remains.
 *
 * @returns false if the account exists; then nothing is changed
 * @throws CommandError saying what was written, if the work could not be completed
 */
export async function addWithSecret(
  record: AccountRecord,
  secret: string | undefined,
  stores: Pick<Stores, 'records' | 'secrets' | 'announcer'>,
): Promise<boolean> {
  const { records, secrets, announcer } = stores;
  const announce = await announcer.begin();
  if (secret === undefined) {
    const added = (await records.create(record)) || (await isThereAlready(record, stores));
    if (added) await announce({ after: record });
    return added;
  }
  const claim = { ...record, status: 'paused' };
  if (!(await records.create(claim))) return false;
  try {
    await secrets.put(String(record.secretId), secret);
  } catch (thrown) {
    const back = await records.removeIfStill(claim).catch(() => undefined);
    if (back !== true) await announce({ after: claim });
    throw notStored(thrown, back);
  }
  try {
    if (record.status === 'paused' || (await activate(claim, record, stores))) return true;
    throw new CommandError(
      'problem',
      'somebody else changed or removed the account meanwhile: its secret is stored, and its record was not changed again',
    );
  } finally {
    await announce({ after: record, secretStored: true });
  }
}

/**
 * True if exactly this record exists, because the answer to its creation was lost or somebody else added the same.
 * This is not enough for a claim: if it is somebody else’s, its secret must not be changed.
 */
async function isThereAlready(record: AccountRecord, { records }: Pick<Stores, 'records'>): Promise<boolean> {
  return isChangedAlready(await records.read(String(record.accountId)), {}, record);
}

async function activate(
  claim: AccountRecord,
  record: AccountRecord,
  { records }: Pick<Stores, 'records'>,
): Promise<boolean> {
  try {
    return await records.change(claim, record);
  } catch (thrown) {
    throw said(thrown, 'the account and its secret are stored, but it is still paused: run "account resume"');
  }
}

/** @param back whether the account was removed again; `undefined` if that failed */
function notStored(thrown: unknown, back: boolean | undefined): CommandError {
  const failed = 'the secret could not be stored';
  if (back === undefined)
    return said(
      thrown,
      `${failed}, and the account could not be removed: it is paused and has no secret. Run "account remove", or "account update --secret-file" and "account resume"`,
    );
  return said(
    thrown,
    back
      ? `${failed}, so the account is not added`
      : `${failed}, and somebody else changed or removed the account meanwhile: its record was not changed`,
  );
}

function said(thrown: unknown, outcome: string): CommandError {
  const { code, message, cause } = toCommandError(thrown);
  return new CommandError(code, `${message}; ${outcome}`, { cause });
}
