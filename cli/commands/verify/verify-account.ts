import { type Account, accountFaults, parseAccount } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';
import { testObjectKey } from '../../../lambdas/domain/test-object.ts';
import type { AccountRecord } from '../../stage/account/account-record.ts';
import { fixCommands } from '../../stage/account/check-record.ts';
import { fittingCommand, readerMisfits } from '../../stage/account/reader-fit.ts';
import { remedyFor } from '../../stage/account/remedy.ts';
import { unknownAttributes } from '../../stage/account/unknown-attributes.ts';
import type { Probe } from '../../stage/bucket/probe.ts';
import { type Step, unknownWriting } from '../../stage/bucket/steps.ts';
import { credentialSteps } from '../../stage/secret/credential-steps.ts';
import type { StackOutputs, Target } from '../../stage/target/target.ts';
import { creationSteps } from './creation-steps.ts';
import { stepOf } from './step-of.ts';

export interface Verification {
  readonly record: AccountRecord;
  readonly now: Instant;
  readonly target: Pick<Target, 'command' | 'outputs'>;
  probeOf(account: Account): Probe;
}

/** Runs the steps of an export one by one, and yields the result of each at once. */
export async function* verifyAccount(verification: Verification): AsyncGenerator<Step> {
  const name = 'the record is valid';
  const { record } = verification;
  const faults = accountFaults(record);
  const warnings = unknownAttributes(record);
  if (faults.length > 0) {
    const fix = fixCommands(String(record.accountId), faults, verification.target.command);
    yield { name, outcome: 'wrong', detail: [...faults, ...warnings].join('\n'), remedy: fix };
    return;
  }
  yield { name, outcome: 'right' };
  if (warnings.length > 0)
    yield { name: 'every attribute of the record is known', outcome: 'warning', detail: warnings.join('\n') };
  const account = parseAccount(record);
  const reasons = readerMisfits(account);
  if (reasons.length > 0)
    yield {
      name: 'its reader can read the files',
      outcome: 'warning',
      detail: reasons.join('\n'),
      remedy: fittingCommand(account, account.reader, verification.target.command),
    };
  const probe = verification.probeOf(account);
  const { destination } = account;
  const { command, outputs } = verification.target;
  const byRole = destination.type === 's3' && destination.roleArn !== undefined;
  const remedy = (failure: ExportError, credential?: Credential) =>
    remedyFor(failure, account, {
      credential,
      command,
      exporterRoleArn: outputs.ExporterRoleArn,
      egressAddresses: outputs.EgressAddresses,
    });

  let credential: Credential | undefined;
  if (!byRole) {
    const secret = await attemptAsync(() => probe.readSecret());
    yield stepOf('the secret can be read', secret, remedy);
    if (secret instanceof ExportError) return yield* unknownWriting(account);
    const parsed = attempt(() => probe.parse(secret));
    yield stepOf(`the secret is a credential for ${cloudNames[destination.type]}`, parsed, remedy);
    if (parsed instanceof ExportError) return yield* unknownWriting(account);
    credential = parsed;
    const { now } = verification;
    yield* credentialSteps(account, secret, credential, {
      now,
      command,
      egressAddresses: outputs.EgressAddresses,
    });
  }

  const bucket = await attemptAsync(() => probe.open(credential));
  if (byRole) {
    yield* roleSteps(bucket, remedy);
    if (bucket instanceof ExportError) return yield* unknownWriting(account);
  } else if (bucket instanceof ExportError) {
    yield stepOf('the credential can be used', bucket, failure => remedy(failure, credential));
    return yield* unknownWriting(account);
  }

  const remedyThere = (failure: ExportError) =>
    remedy(failure, credential) + (failure.code === 'access_denied' ? addressNote(outputs) : '');
  try {
    const key = testObjectKey(account, credential);
    yield* creationSteps({ account, probe, bucket, key, remedy: remedyThere });
  } finally {
    bucket.close();
  }
}

/** `verify` runs on the operator’s machine, but the customer may admit only the exporter’s addresses. */
function addressNote({ EgressAddresses }: StackOutputs): string {
  return EgressAddresses === undefined
    ? ''
    : `\nor, if the customer admits only ${EgressAddresses}, from which the exporter writes: run verify from there`;
}

const cloudNames = { s3: 'Amazon S3', gcs: 'Google Cloud Storage', azure: 'Azure Blob Storage' } as const;

function* roleSteps(opened: unknown, remedy: (failure: ExportError) => string): Generator<Step> {
  const refused = 'the role is refused without its external id, and with another one';
  const entered = 'the role can be assumed with its external id';
  if (!(opened instanceof ExportError)) {
    yield { name: refused, outcome: 'right' };
    yield { name: entered, outcome: 'right' };
  } else if (opened.code === 'role_unprotected') yield stepOf(refused, opened, remedy);
  else yield stepOf(entered, opened, remedy);
}

function attempt<Result>(run: () => Result): Result | ExportError {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof ExportError) return thrown;
    throw thrown;
  }
}

async function attemptAsync<Result>(run: () => Promise<Result>): Promise<Result | ExportError> {
  try {
    return await run();
  } catch (thrown) {
    if (thrown instanceof ExportError) return thrown;
    throw thrown;
  }
}
