import type { Account } from '../../../lambdas/domain/account.ts';
import { expectedOwnerOf } from '../../../lambdas/domain/destination.ts';
import type { ExportError, FailureCode } from '../../../lambdas/domain/failure.ts';
import { accountFolder } from '../../../lambdas/domain/object-key.ts';

/** One step of a verification. `unknown`: an earlier step failed, so this one was not reached. */
export interface Step {
  readonly name: string;
  readonly outcome: 'right' | 'wrong' | 'warning' | 'unknown';
  readonly detail?: string | undefined;
  readonly remedy?: string | undefined;
}

/** The conditions for creating an object, in the order in which a cloud checks them. */
const writing = ['reachable', 'accepted', 'found', 'region', 'owner', 'allowed', 'checked'] as const;
type Writing = (typeof writing)[number];

function nameOf(step: Writing, account: Account): string {
  switch (step) {
    case 'reachable':
      return 'the cloud can be reached';
    case 'accepted':
      return 'the credential is accepted';
    case 'found':
      return account.destination.type === 'azure' ? 'the container exists' : 'the bucket exists';
    case 'region':
      return 'the bucket is in the region of the record';
    case 'owner':
      return 'the bucket belongs to the expected AWS account';
    case 'allowed':
      return `an object may be created under ${accountFolder(account.destination.prefix, account.accountId)}`;
    case 'checked':
      return 'its checksum is accepted';
  }
}

/** For each failure code: the step that failed, and the earlier steps that the failure proves to be right. */
const tellings: Readonly<Partial<Record<FailureCode, readonly [failed: Writing, ...right: Writing[]]>>> = {
  network: ['reachable'],
  no_answer: ['reachable'],
  destination_unavailable: ['reachable'],
  credentials_rejected: ['accepted', 'reachable'],
  bucket_missing: ['found', 'reachable'],
  wrong_region: ['region', 'reachable', 'found'],
  access_denied: ['allowed', 'reachable', 'accepted'],
  destination_rejected: ['allowed', 'reachable', 'accepted'],
};

function tellingOf({
  code,
  message,
}: Pick<ExportError, 'code' | 'message'>): readonly [Writing, ...Writing[]] {
  // A cloud that compares checksums has accepted the request. Only the message contains this answer.
  if (/BadDigest|ChecksumMismatch|Md5Mismatch|Crc64Mismatch|other bytes/.test(message))
    return ['checked', 'reachable', 'accepted', 'found', 'allowed'];
  // No server answered: the name of the host says that the region is wrong, and nothing about the other steps.
  if (code === 'wrong_region' && message.includes('ENOTFOUND')) return ['region'];
  return tellings[code] ?? ['allowed'];
}

/**
 * The steps of writing, according to one attempt to create an object.
 * @param failure absent if the object was created
 */
export function writingSteps(
  account: Account,
  failure: { readonly code: FailureCode; readonly message: string; readonly remedy: string } | undefined,
): Step[] {
  const { destination } = account;
  const shown = writing.filter(
    step =>
      (step !== 'region' || destination.type === 's3') &&
      (step !== 'owner' || (destination.type === 's3' && expectedOwnerOf(destination) !== undefined)),
  );
  if (failure === undefined) return shown.map(step => ({ name: nameOf(step, account), outcome: 'right' }));
  const [failed, ...right] = tellingOf(failure);
  return shown.map(step => {
    if (step === failed)
      return {
        name: nameOf(step, account),
        outcome: 'wrong',
        detail: `${failure.code}: ${failure.message}`,
        remedy: failure.remedy,
      };
    return { name: nameOf(step, account), outcome: right.includes(step) ? 'right' : 'unknown' };
  });
}

/** All steps of writing as unknown, because an earlier step failed. */
export function unknownWriting(account: Account): Step[] {
  return writingSteps(account, undefined).map(({ name }) => ({ name, outcome: 'unknown' }));
}
