import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { type LocalServer, startHttpServer } from './http-server.ts';

/** A role that anybody may assume who gives the external id, if the role requires one. */
export interface LocalRole {
  /** `*` means any external id, as in a trust policy with `StringLike`. */
  readonly externalId?: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
}

export interface RoleRequest {
  readonly roleArn: string;
  readonly externalId: string | undefined;
  readonly sessionName: string;
  /** The region in the signature. */
  readonly region: string | undefined;
  readonly granted: boolean;
}

export interface StsServer extends LocalServer {
  /** All requests so far, in order. */
  readonly requests: readonly RoleRequest[];
}

/**
 * The operation AssumeRole of AWS STS, for the given roles by ARN. The caller’s signature is not checked, and every
 * caller has the same identity.
 */
export async function startStsServer(roles: ReadonlyMap<string, LocalRole>): Promise<StsServer> {
  const requests: RoleRequest[] = [];
  const server = await startHttpServer(async (request, response) => {
    const parameters = new URLSearchParams(await text(request));
    const roleArn = parameters.get('RoleArn') ?? '';
    const externalId = parameters.get('ExternalId') ?? undefined;
    const sessionName = parameters.get('RoleSessionName') ?? '';
    const role = roles.get(roleArn);
    const send = (status: number, xml: string) =>
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    if (parameters.get('Action') === 'GetCallerIdentity') return send(200, identity);
    if (parameters.get('Action') !== 'AssumeRole')
      return send(400, refusal('InvalidAction', 'Only AssumeRole and GetCallerIdentity are known here'));
    const granted = role !== undefined && letsIn(role, externalId);
    const [, region] =
      /Credential=[^/]+\/\d+\/([^/]+)\/sts\//.exec(request.headers.authorization ?? '') ?? [];
    requests.push({ roleArn, externalId, sessionName, region, granted });
    return granted
      ? send(200, assumed(role))
      : send(403, refusal('AccessDenied', 'Not authorized to perform: sts:AssumeRole'));
  });

  return { ...server, requests };
}

function letsIn(role: LocalRole, externalId: string | undefined): boolean {
  if (role.externalId === undefined) return true;
  return externalId !== undefined && (role.externalId === '*' || role.externalId === externalId);
}

const namespace = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

export const callerArn = 'arn:aws:iam::000000000000:user/operator';

const identity = `<GetCallerIdentityResponse ${namespace}><GetCallerIdentityResult><Arn>${callerArn}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;

function assumed({ credentials }: LocalRole): string {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  return (
    `<AssumeRoleResponse ${namespace}><AssumeRoleResult><Credentials>` +
    `<AccessKeyId>${credentials.accessKeyId}</AccessKeyId>` +
    `<SecretAccessKey>${credentials.secretAccessKey}</SecretAccessKey>` +
    `<SessionToken>${credentials.sessionToken}</SessionToken><Expiration>${expiration}</Expiration>` +
    `</Credentials></AssumeRoleResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></AssumeRoleResponse>`
  );
}

function refusal(code: string, message: string): string {
  return `<ErrorResponse ${namespace}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`;
}
