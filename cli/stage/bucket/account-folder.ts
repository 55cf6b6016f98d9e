import type { Account } from '../../../lambdas/domain/account.ts';
import { encodeAccountId } from '../../../lambdas/domain/object-key.ts';

/** The folder of an account’s files in the bucket, with the slash at the end. */
export function accountFolder({ accountId, destination: { prefix } }: Account): string {
  return `${prefix ? `${prefix}/` : ''}audit/${encodeAccountId(accountId)}/`;
}
