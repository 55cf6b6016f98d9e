import type { StoredValue } from '../domain/audit-record.ts';
import type { Instant } from '../domain/instant.ts';
import { keyForm, type SortKeyType } from '../domain/sort-key.ts';
import type { KeySample } from '../domain/survey.ts';

const hour = 3_600_000;
/** A query each, of one row: some seconds of a round, and a few thousandths of a cent a day. */
const mostSampled = 200;
const atOnce = 8;

/** The newest sort key of accounts. */
export interface NewestKeys {
  readonly type: SortKeyType;
  /** `undefined` of an account without rows. */
  newestKey(accountId: string): Promise<StoredValue>;
}

/**
 * The accounts whose turn it is in this hour: in as many hours as it takes, every one has its turn once.
 * @param most accounts in one hour
 */
export function turnOf(accountIds: readonly string[], now: Instant, most = mostSampled): string[] {
  const turns = Math.max(1, Math.ceil(accountIds.length / most));
  const turn = Math.floor(now / hour) % turns;
  return accountIds.toSorted().filter((_, index) => index % turns === turn);
}

/**
 * Looks at the newest sort key of some accounts. A row whose key has another form than the declared one is in no file, or
 * in that of a wrong window, and nothing else would tell.
 *
 * @param onFailure told of each account that could not be looked at; it hides none of the others
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
