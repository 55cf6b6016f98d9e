import type { Account } from '../../../lambdas/domain/account.ts';
import { encodeAccountId } from '../../../lambdas/domain/object-key.ts';

/** Where in the bucket an account's exports go, with the slash at the end. */
export function accountFolder({ accountId, destination: { prefix } }: Account): string {
  return `${prefix ? `${prefix}/` : ''}audit/${encodeAccountId(accountId)}/`;
}
