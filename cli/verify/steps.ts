import type { Account } from '../../lambdas/domain/account.ts';
import type { FailureCode } from '../../lambdas/domain/failure.ts';

/** One thing that has to be right. `unknown`: nothing was learnt about it, because an earlier step failed. */
export interface Step {
  readonly name: string;
  readonly outcome: 'right' | 'wrong' | 'warning' | 'unknown';
  readonly detail?: string | undefined;
  readonly remedy?: string | undefined;
}

/** What creating an object takes, in the order in which a cloud looks at it. */
const writing = ['reachable', 'accepted', 'found', 'region', 'owner', 'allowed'] as const;
type Writing = (typeof writing)[number];

const names: Readonly<Record<Writing, string>> = {
  reachable: 'the cloud can be reached',
  accepted: 'the credential is accepted',
  found: 'the bucket exists',
  region: 'the bucket is in the region of the record',
  owner: 'the bucket belongs to the expected AWS account',
  allowed: 'an object may be created under the account’s folder, with its checksum',
};

/** The step at which a failure happened, and the earlier ones of which it tells that they are right. */
const tellings: Readonly<Partial<Record<FailureCode, readonly [failed: Writing, ...right: Writing[]]>>> = {
  network: ['reachable'],
  destination_unavailable: ['reachable'],
  credentials_rejected: ['accepted', 'reachable'],
  bucket_missing: ['found', 'reachable'],
  wrong_region: ['region', 'reachable', 'found'],
  access_denied: ['allowed', 'reachable', 'accepted'],
  destination_rejected: ['allowed', 'reachable', 'accepted'],
};

/** The steps of writing, as the outcome of one creation tells them; `undefined` if it went through. */
export function writingSteps(
  { destination }: Account,
  failure: { readonly code: FailureCode; readonly message: string; readonly remedy: string } | undefined,
): Step[] {
  const shown = writing.filter(
    step =>
      (step !== 'region' || destination.type === 's3') &&
      (step !== 'owner' || (destination.type === 's3' && destination.expectedBucketOwner !== undefined)),
  );
  if (failure === undefined) return shown.map(step => ({ name: names[step], outcome: 'right' }));
  const [failed, ...right] = tellings[failure.code] ?? ['allowed'];
  return shown.map(step => {
    if (step === failed)
      return {
        name: names[step],
        outcome: 'wrong',
        detail: `${failure.code}: ${failure.message}`,
        remedy: failure.remedy,
      };
    return { name: names[step], outcome: right.includes(step) ? 'right' : 'unknown' };
  });
}

/** The step before which nothing of the cloud is known. */
export function unknownWriting(account: Account): Step[] {
  return writingSteps(account, undefined).map(({ name }) => ({ name, outcome: 'unknown' }));
}
