import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ExportError } from '../domain/failure.ts';
import type { S3Credential } from '../domain/secret.ts';
import { answerOf, isNetworkTrouble, isServiceTrouble, printableCause } from './aws-answer.ts';
import { cloudConnections } from './cloud-address.ts';

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
  /** How often each request is sent. Default 4. */
  readonly attempts?: number | undefined;
}

/**
 * Temporary credentials of the customer's role, valid for an hour.
 *
 * A role that can be assumed without the external id is refused: any other customer of ours could name it in an
 * account record and have its log written there, or worse (the confused deputy).
 *
 * @throws ExportError `role_unprotected`, `credentials_rejected` if the role does not let us in, or what else failed
 */
export async function assumeRole(assumption: RoleAssumption, signal?: AbortSignal): Promise<S3Credential> {
  const { roleArn, externalId, bucket } = assumption;
  const client = createClient(assumption);
  try {
    if (await canBeAssumedWithout()) {
      throw new ExportError(
        'role_unprotected',
        `The role ${roleArn} for the S3 bucket ${bucket} can be assumed without its external id; add the condition "StringEquals": {"sts:ExternalId": …} to its trust policy`,
      );
    }
    return await assume(externalId);
  } catch (thrown) {
    signal?.throwIfAborted();
    throw thrown instanceof ExportError ? thrown : toFailure(thrown, assumption);
  } finally {
    client.destroy();
  }

  async function canBeAssumedWithout(): Promise<boolean> {
    try {
      await assume(undefined);
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

/** 2 to 64 letters, digits and + = , . @ - _ , which is what AWS allows. */
function roleSessionName(name: string): string {
  return name
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
}

function createClient({ region, endpoint, credential, attempts = 4 }: RoleAssumption): STSClient {
  return new STSClient({
    region,
    maxAttempts: attempts,
    ignoreConfiguredEndpointUrls: true,
    requestHandler: {
      httpsAgent: cloudConnections(endpoint),
      connectionTimeout: 5_000,
      requestTimeout: 15_000,
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
