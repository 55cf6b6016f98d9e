import type { StoredValue } from '../domain/audit-record.ts';
import type { Instant } from '../domain/instant.ts';
import { keyForm, type SortKeyType } from '../domain/sort-key.ts';
import type { KeySample } from '../domain/survey.ts';

const hour = 3_600_000;
/** Each sampled account costs one query for one row: a round takes some seconds, a day some thousandths of a cent. */
const mostSampled = 200;
const atOnce = 8;

/** Reads the newest sort key of an account. */
export interface NewestKeys {
  readonly type: SortKeyType;
  /** `undefined` if the account has no rows. */
  newestKey(accountId: string): Promise<StoredValue>;
}

/**
 * The accounts to sample in this hour. The hours take turns, so that every account is sampled once in a cycle.
 * @param most the most accounts in one hour
 */
export function turnOf(accountIds: readonly string[], now: Instant, most = mostSampled): string[] {
  const turns = Math.max(1, Math.ceil(accountIds.length / most));
  const turn = Math.floor(now / hour) % turns;
  return accountIds.toSorted().filter((_, index) => index % turns === turn);
}

/**
 * Checks the newest sort key of some accounts. A row whose key has another form than the declared one is exported with
 * a wrong window or not at all, and nothing else would reveal it.
 *
 * @param onFailure is called for each account that could not be checked; the others are still checked
 */
export async function sampleKeys(
  accountIds: readonly string[],
  keys: NewestKeys,
  onFailure: (thrown: unknown) => void,
): Promise<KeySample> {
  const unreadable: { accountId: string; form: string }[] = [];
  let sampled = 0;
  const left = accountIds.values();
  const lookOn = async () => {
    for (const accountId of left) {
      try {
        const key = await keys.newestKey(accountId);
        sampled++;
        const { readable, name } = keyForm(key, keys.type);
        if (key !== undefined && !readable) unreadable.push({ accountId, form: name });
      } catch (thrown) {
        onFailure(thrown);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lookOn));
  return { sampled, unreadable };
}
