import { randomUUID } from 'node:crypto';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ExportError } from '../domain/failure.ts';
import type { S3Credential } from '../domain/secret.ts';
import { answerOf, isNetworkTrouble, isServiceTrouble, printableCause } from './aws-answer.ts';
import { cloudConnections } from './cloud-address.ts';
import { connectMs, usualSilenceMs } from './tries.ts';

export interface RoleAssumption {
  readonly roleArn: string;
  /** The secret word between the customer and us: who else knows the role's ARN cannot use us to enter it. */
  readonly externalId: string;
  /** Shows in the customer's CloudTrail; what AWS does not allow in it is replaced. */
  readonly sessionName: string;
  /** The bucket for which the role is assumed: every message names it. */
  readonly bucket: string;
  /** Of the Security Token Service that is asked. */
  readonly region: string;
  /** Another server than Amazon's: local mode and tests. */
  readonly endpoint?: string | undefined;
  /** Our own credential; default: the function's. */
  readonly credential?: Omit<S3Credential, 'type'> | undefined;
  /** Milliseconds that a request may take. Default 30,000. */
  readonly silenceMs?: number | undefined;
}

/** How a trust policy has to demand the external id. */
const condition = '"StringEquals": {"sts:ExternalId": …}';

/**
 * Temporary credentials of the customer's role, valid for an hour.
 *
 * A role that can be assumed without its external id, or with one that nobody has told the customer, is refused: any
 * other customer of ours could name it in an account record and have its log written there, or worse (the confused
 * deputy). So each export by role asks three times, with the external id, with one made up for this request, and without
 * any. The three go out at once and take no longer than one. They cost no money, but count three times against the rate
 * that STS allows our AWS account in the region.
 *
 * @throws ExportError `role_unprotected`, `credentials_rejected` if the role does not let us in, or what else failed
 */
export async function assumeRole(assumption: RoleAssumption, signal?: AbortSignal): Promise<S3Credential> {
  const { roleArn, externalId, bucket } = assumption;
  const client = createClient(assumption);
  const role = `The role ${roleArn} for the S3 bucket ${bucket}`;
  try {
    const [without, withAny, granted] = await Promise.allSettled([
      isLetIn(undefined),
      isLetIn(randomUUID()),
      assume(externalId),
    ]);
    if (outcomeOf(without))
      throw new ExportError(
        'role_unprotected',
        `${role} can be assumed without its external id; add the condition ${condition} to its trust policy`,
      );
    if (outcomeOf(withAny))
      throw new ExportError(
        'role_unprotected',
        `${role} can be assumed with any external id: it let us in with one that was made up; its trust policy must have the condition ${condition} with the external id of the account record, and no StringLike with a wildcard`,
      );
    return outcomeOf(granted);
  } catch (thrown) {
    signal?.throwIfAborted();
    throw thrown instanceof ExportError ? thrown : toFailure(thrown, assumption);
  } finally {
    client.destroy();
  }

  async function isLetIn(otherId: string | undefined): Promise<boolean> {
    try {
      await assume(otherId);
      return true;
    } catch (thrown) {
      if (answerOf(thrown).name === 'AccessDenied') return false;
      throw thrown;
    }
  }

  async function assume(ExternalId: string | undefined): Promise<S3Credential> {
    const { Credentials } = await client.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: roleSessionName(assumption.sessionName),
        ExternalId,
      }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
      throw new ExportError('internal', `No credentials in the answer for the role ${roleArn}`);
    return {
      type: 's3',
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
  }
}

/** @throws what the promise was rejected with */
function outcomeOf<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

/** 2 to 64 letters, digits and + = , . @ - _ , which is what AWS allows. */
function roleSessionName(name: string): string {
  return name
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
}

function createClient({
  region,
  endpoint,
  credential,
  silenceMs = usualSilenceMs,
}: RoleAssumption): STSClient {
  return new STSClient({
    region,
    maxAttempts: 2,
    ignoreConfiguredEndpointUrls: true,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    requestHandler: {
      httpsAgent: cloudConnections(endpoint),
      connectionTimeout: connectMs,
      requestTimeout: silenceMs,
      throwOnRequestTimeout: true,
    },
    ...(endpoint !== undefined && { endpoint }),
    ...(credential !== undefined && {
      credentials: {
        accessKeyId: credential.accessKeyId,
        secretAccessKey: credential.secretAccessKey,
        ...(credential.sessionToken !== undefined && { sessionToken: credential.sessionToken }),
      },
    }),
  });
}

function toFailure(thrown: unknown, { roleArn, bucket }: RoleAssumption): ExportError {
  const answer = answerOf(thrown);
  const cause = printableCause(thrown);
  const role = `the role ${roleArn} for the S3 bucket ${bucket}`;
  if (answer.silent)
    return new ExportError('no_answer', `AWS did not answer in time to assume ${role} (${answer.name})`, {
      cause,
    });
  if (isNetworkTrouble(answer))
    return new ExportError('network', `AWS could not be reached to assume ${role} (${answer.name})`, {
      cause,
    });
  if (isServiceTrouble(answer))
    return new ExportError(
      'destination_unavailable',
      `AWS cannot answer the request to assume ${role} now (${answer.name})`,
      { cause },
    );
  if (answer.name === 'AccessDenied')
    return new ExportError(
      'credentials_rejected',
      `AWS does not let us assume ${role}; its trust policy must name our account and the external id of the account record, and the role must exist`,
      { cause },
    );
  if (answer.name === 'ValidationError')
    return new ExportError(
      'credentials_rejected',
      `AWS does not accept the ARN or the external id of ${role}; correct the account record`,
      { cause },
    );
  // Whatever else AWS says (our own credential is refused, say) the customer cannot change.
  return new ExportError('internal', `AWS refused our request to assume ${role} (${answer.name})`, { cause });
}
