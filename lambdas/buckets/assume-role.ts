import { randomUUID } from 'node:crypto';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ExportError } from '../domain/failure.ts';
import type { S3Credential } from '../domain/secret.ts';
import { answerOf, isNetworkTrouble, isServiceTrouble, printableCause } from './aws-answer.ts';
import { cloudConnections } from './cloud-address.ts';
import { connectMs, usualSilenceMs } from './tries.ts';

export interface RoleAssumption {
  readonly roleArn: string;
  /**
   * The value that the role's trust policy demands, so that others who know the ARN cannot use us to assume the role.
   */
  readonly externalId: string;
  /** Appears in the customer's CloudTrail. Characters that AWS does not allow are replaced. */
  readonly sessionName: string;
  /** The bucket for which the role is assumed; used in error messages. */
  readonly bucket: string;
  /** The region of the Security Token Service that is called. */
  readonly region: string;
  /** A server in place of Amazon's, for local mode and tests. */
  readonly endpoint?: string | undefined;
  /** Our own credential; default: the function's. */
  readonly credential?: Omit<S3Credential, 'type'> | undefined;
  /** The longest time for a request, in milliseconds. Default 30,000. */
  readonly silenceMs?: number | undefined;
}

/** The condition with which a trust policy must demand the external id. */
const condition = '"StringEquals": {"sts:ExternalId": …}';

/**
 * Gets temporary credentials of the customer's role, valid for an hour.
 *
 * A role that can be assumed without its external id, or with a wrong one, is refused. Otherwise another customer could
 * name this role in an account record and have us use it (the confused deputy problem). So each export by role makes
 * three parallel requests: with the external id, with a random one, and without any. They are free, but count three
 * times against the rate limit of STS for our AWS account in the region.
 *
 * @throws ExportError `role_unprotected`, `credentials_rejected` if we may not assume the role, or another code
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

/** AWS allows 2 to 64 characters: letters, digits and + = , . @ - _ */
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
  // The customer cannot fix any other error, such as a refusal of our own credential.
  return new ExportError('internal', `AWS refused our request to assume ${role} (${answer.name})`, { cause });
}
