import type { Answer, Bucket, Exists } from '../../../lambdas/buckets/bucket.ts';
import type { Account } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { Probe } from '../../stage/bucket/probe.ts';
import { type Step, writingSteps } from '../../stage/bucket/steps.ts';
import { stepOf } from './step-of.ts';

/** What is written to, and what to do about a failure. */
export interface Creation {
  readonly account: Account;
  readonly probe: Probe;
  readonly bucket: Bucket;
  /** Of the one object that `verify` leaves for a destination and its credential. */
  readonly key: string;
  remedy(failure: ExportError): string;
}

/**
 * Shows that a new object can be created, and that one which is there is left alone, and leaves one object however often
 * it is done. The first time the object is created. From then on the storage's *exists* shows that it takes the request,
 * and a large object under a new name, begun and given up before the request that would create it, that it takes a name
 * which it does not know. Only the storage's own carrying out of a creation is not tried again.
 */
export async function* creationSteps(creation: Creation): AsyncGenerator<Step> {
  const { account, probe, bucket, key, remedy } = creation;
  const first = await probe.create(bucket, key);
  if (first.kind === 'refused' || first.kind === 'unclear')
    return yield* writingSteps(account, withRemedy(first.failure, remedy));
  if (first.kind === 'exists') {
    const answer = await probe.begin(bucket);
    yield* writingSteps(account, answer && withRemedy(failureOf(answer), remedy));
    if (answer === undefined) yield againStep(first, key, remedy);
    return;
  }
  yield* writingSteps(account, undefined);
  yield againStep(await probe.create(bucket, key), key, remedy);
  const answer = await probe.begin(bucket);
  yield stepOf('a file of several requests may be written, too', answer && failureOf(answer), remedy);
}

function withRemedy(failure: ExportError, remedy: Creation['remedy']) {
  const { code, message } = failure;
  return { code, message, remedy: remedy(failure) };
}

/** What went wrong with a large object that was only begun, whatever the storage answered. */
function failureOf(answer: Answer): ExportError {
  if (answer.kind === 'exists') return toldOfNoObject(answer);
  if (answer.kind !== 'created') return answer.failure;
  return new ExportError('internal', 'An object that was only begun is said to be created');
}

/** The name was made up a moment ago: whoever says that an object has it says so of every name, written or not. */
function toldOfNoObject({ words }: Exists): ExportError {
  return new ExportError(
    'destination_rejected',
    `The storage says that an object has the name, which was made up a moment ago (${words}); nothing was written`,
  );
}

function againStep(again: Answer, key: string, remedy: Creation['remedy']): Step {
  const name = 'what is there is left alone: a second object of the same name is refused';
  switch (again.kind) {
    case 'exists':
      return {
        name,
        outcome: 'right',
        detail: `${key} is left there, the only one however often you verify`,
      };
    case 'created':
      return {
        name,
        outcome: 'wrong',
        detail: 'the second one was written, too',
        remedy:
          'The storage ignores the condition that no such object exists: exports into it could be written twice',
      };
    default:
      return stepOf(name, again.failure, remedy);
  }
}
