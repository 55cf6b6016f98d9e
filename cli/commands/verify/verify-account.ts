import type { Answer, Exists } from '../../../lambdas/buckets/bucket.ts';
import { type Account, accountFaults, parseAccount } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';
import type { AccountRecord } from '../../stage/account/account-record.ts';
import { mendingCommands } from '../../stage/account/check-record.ts';
import { remedyFor } from '../../stage/account/remedy.ts';
import { unknownAttributes } from '../../stage/account/unknown-attributes.ts';
import { type Probe, probeKey } from '../../stage/bucket/probe.ts';
import { containerSteps, readSas } from '../../stage/bucket/shared-access-signature.ts';
import { type Step, unknownWriting, writingSteps } from '../../stage/bucket/steps.ts';
import type { StackOutputs, Target } from '../../stage/target/target.ts';

export interface Verification {
  readonly record: AccountRecord;
  readonly now: Instant;
  readonly target: Pick<Target, 'command' | 'outputs'>;
  probeOf(account: Account): Probe;
}

/** Goes the way of an export step by step, and tells of each as soon as it is known. */
export async function* verifyAccount(verification: Verification): AsyncGenerator<Step> {
  const name = 'the record is in order';
  const { record } = verification;
  const faults = accountFaults(record);
  const warnings = unknownAttributes(record);
  if (faults.length > 0) {
    const mending = mendingCommands(String(record.accountId), faults, verification.target.command);
    yield { name, outcome: 'wrong', detail: [...faults, ...warnings].join('\n'), remedy: mending };
    return;
  }
  yield { name, outcome: 'right' };
  if (warnings.length > 0)
    yield { name: 'every attribute of the record is known', outcome: 'warning', detail: warnings.join('\n') };
  const account = parseAccount(record);
  const probe = verification.probeOf(account);
  const { destination } = account;
  const { command, outputs } = verification.target;
  const byRole = destination.type === 's3' && destination.roleArn !== undefined;
  const remedy = (failure: ExportError, credential?: Credential) =>
    remedyFor(failure, account, { credential, command, exporterRoleArn: outputs.ExporterRoleArn });

  let credential: Credential | undefined;
  if (!byRole) {
    const secret = await attemptLater(() => probe.readSecret());
    yield stepOf('the secret can be read', secret, remedy);
    if (secret instanceof ExportError) return yield* unknownWriting(account);
    const parsed = attempt(() => probe.parse(secret));
    yield stepOf(`the secret is a credential for ${cloudNames[destination.type]}`, parsed, remedy);
    if (parsed instanceof ExportError) return yield* unknownWriting(account);
    credential = parsed;
    yield* expirySteps(credential, verification.now);
    if (destination.type === 'azure') yield* containerSteps(secret, { ...account, destination }, command);
  }

  const bucket = await attemptLater(() => probe.open(credential));
  if (byRole) {
    yield* roleSteps(bucket, remedy);
    if (bucket instanceof ExportError) return yield* unknownWriting(account);
  } else if (bucket instanceof ExportError) {
    yield stepOf('the credential can be used', bucket, failure => remedy(failure, credential));
    return yield* unknownWriting(account);
  }

  try {
    const key = probeKey(account, verification.now);
    const first = await probe.create(bucket, key);
    if (first.kind !== 'created') {
      const failure = first.kind === 'exists' ? toldOfNoObject(first) : first.failure;
      const { code, message } = failure;
      const fixed = code === 'access_denied' ? addressNote(outputs) : '';
      return yield* writingSteps(account, { code, message, remedy: remedy(failure, credential) + fixed });
    }
    yield* writingSteps(account, undefined);
    yield againStep(await probe.create(bucket, key), key, failure => remedy(failure, credential));
  } finally {
    bucket.close();
  }
}

/** `verify` runs where the operator is, and a customer may let in the exporter's addresses only. */
function addressNote({ EgressAddresses }: StackOutputs): string {
  return EgressAddresses === undefined
    ? ''
    : `\nor, if the customer lets in ${EgressAddresses} only, from where the exporter writes: verify from there`;
}

const cloudNames = { s3: 'Amazon S3', gcs: 'Google Cloud Storage', azure: 'Azure Blob Storage' } as const;

function* expirySteps(credential: Credential, now: Instant): Generator<Step> {
  if (credential.type === 'azure' && 'sas' in credential.access) yield* readSas(credential.access.sas, now);
  if (credential.type === 's3' && credential.sessionToken !== undefined)
    yield {
      name: 'the credential lasts',
      outcome: 'warning',
      detail:
        'it has a session token, so it expires within hours or days: ask for a role or for an access key of a user',
    };
}

function* roleSteps(opened: unknown, remedy: (failure: ExportError) => string): Generator<Step> {
  const refused = 'the role is refused without its external id, and with another one';
  const entered = 'the role can be assumed with its external id';
  if (!(opened instanceof ExportError)) {
    yield { name: refused, outcome: 'right' };
    yield { name: entered, outcome: 'right' };
  } else if (opened.code === 'role_unprotected') yield stepOf(refused, opened, remedy);
  else yield stepOf(entered, opened, remedy);
}

/** The name was made up a moment ago: whoever says that an object has it says so of every name, written or not. */
function toldOfNoObject({ words, afterUnclear }: Exists): ExportError {
  if (afterUnclear)
    return new ExportError(
      'destination_unavailable',
      `The cloud's first answer left open whether the object was written, the second says that it is there (${words}); verify again`,
    );
  return new ExportError(
    'destination_rejected',
    `The storage says that an object has the name, which was made up a moment ago (${words}); nothing was written`,
  );
}

function againStep(again: Answer, key: string, remedy: (failure: ExportError) => string): Step {
  const name = 'what is there is left alone: a second object of the same name is refused';
  switch (again.kind) {
    case 'exists':
      return { name, outcome: 'right', detail: `${key} is left there and may be deleted` };
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

function stepOf(name: string, result: unknown, remedy: (failure: ExportError) => string): Step {
  if (!(result instanceof ExportError)) return { name, outcome: 'right' };
  return { name, outcome: 'wrong', detail: `${result.code}: ${result.message}`, remedy: remedy(result) };
}

function attempt<Result>(run: () => Result): Result | ExportError {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof ExportError) return thrown;
    throw thrown;
  }
}

async function attemptLater<Result>(run: () => Promise<Result>): Promise<Result | ExportError> {
  try {
    return await run();
  } catch (thrown) {
    if (thrown instanceof ExportError) return thrown;
    throw thrown;
  }
}
