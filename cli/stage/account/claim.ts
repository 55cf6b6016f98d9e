import { CommandError } from '../../terminal/command-error.ts';
import { toCommandError } from '../unreachable.ts';
import type { AccountRecord } from './account-record.ts';
import { isChangedAlready } from './record-change.ts';
import type { Stores } from './stores.ts';

/**
 * Adds an account with its credential. The account is claimed first, as one that is paused: of two who add it at once
 * one is refused before it has touched the secret, which has the same name for both. Only with the secret in place it
 * becomes active. What breaks off in between leaves an account that is paused and can be seen. It is announced once,
 * unless nothing is left of it.
 *
 * @returns false if the account exists already; nothing is changed then
 * @throws CommandError saying what is left of it, if it comes to half of the work
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
      'somebody has changed or removed the account just now: its secret is stored, its record is as they left it',
    );
  } finally {
    await announce({ after: record, secretStored: true });
  }
}

/**
 * True if the very record is there, because the answer to its creation was lost, or somebody else has added the same. A
 * claim is another matter: if it is somebody else's, its secret must be left alone.
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
    throw said(
      thrown,
      'the account and its secret are stored, but it stays paused: "account resume" lets it begin',
    );
  }
}

/** @param back whether the account is taken back; `undefined` if that failed, too */
function notStored(thrown: unknown, back: boolean | undefined): CommandError {
  const failed = 'the secret could not be stored';
  if (back === undefined)
    return said(
      thrown,
      `${failed}, and the account could not be taken back: it stays, paused and without its secret, until "account remove", or "account update --secret-file" and "account resume"`,
    );
  return said(
    thrown,
    back
      ? `${failed}, so the account is not added`
      : `${failed}, and somebody has changed or removed the account meanwhile: its record is as they left it`,
  );
}

function said(thrown: unknown, outcome: string): CommandError {
  const { code, message, cause } = toCommandError(thrown);
  return new CommandError(code, `${message}; ${outcome}`, { cause });
}
