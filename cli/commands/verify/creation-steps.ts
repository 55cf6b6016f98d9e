import type { Answer, Bucket, Exists } from '../../../lambdas/buckets/bucket.ts';
import type { Account } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { Probe } from '../../stage/bucket/probe.ts';
import { type Step, writingSteps } from '../../stage/bucket/steps.ts';
import { stepOf } from './step-of.ts';

/** The bucket to test, and the remedies for failures. */
export interface Creation {
  readonly account: Account;
  readonly probe: Probe;
  readonly bucket: Bucket;
  /** The key of the one test object that `verify` leaves for each destination and credential. */
  readonly key: string;
  remedy(failure: ExportError): string;
}

/**
 * Checks that an object can be created and that an existing one is not overwritten. However often it runs, it leaves
 * one object. The first run creates it. In later runs, the answer *exists* shows that the storage accepts the
 * request; a large object under a new name, stopped before the request that would create it, shows that new names are
 * accepted. Only the creation itself is then not tested again.
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
  yield stepOf('a file can also be uploaded in several requests', answer && failureOf(answer), remedy);
}

function withRemedy(failure: ExportError, remedy: Creation['remedy']) {
  const { code, message } = failure;
  return { code, message, remedy: remedy(failure) };
}

/** The failure in an answer to a large object that was only begun. */
function failureOf(answer: Answer): ExportError {
  if (answer.kind === 'exists') return falselyExists(answer);
  if (answer.kind !== 'created') return answer.failure;
  return new ExportError('internal', 'The storage reports an unfinished upload as created');
}

/**
 * The name is random, so a storage that says it exists says so of every name. Exports would then be recorded as
 * delivered without being written.
 */
function falselyExists({ words }: Exists): ExportError {
  return new ExportError(
    'destination_rejected',
    `The storage says that an object with a new random name exists (${words}); nothing was written`,
  );
}

function againStep(again: Answer, key: string, remedy: Creation['remedy']): Step {
  const name = 'existing objects are not overwritten: a second object with the same name is refused';
  switch (again.kind) {
    case 'exists':
      return {
        name,
        outcome: 'right',
        detail: `${key} stays in the bucket; it is the only one, however often you verify`,
      };
    case 'created':
      return {
        name,
        outcome: 'wrong',
        detail: 'the second one was written as well',
        remedy:
          'The storage ignores the condition that the object must not exist: exports could be written twice',
      };
    default:
      return stepOf(name, again.failure, remedy);
  }
}
