import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { type LocalServer, startHttpServer } from './http-server.ts';

/** A role that the server lets anybody assume who brings the external id, if the role demands one. */
export interface LocalRole {
  readonly externalId?: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
}

export interface StsServer extends LocalServer {
  /** The session names of the roles assumed so far, in order. */
  readonly sessions: readonly string[];
}

/** AssumeRole of the AWS Security Token Service, for the roles given by ARN. The caller's own signature is not checked. */
export async function startStsServer(roles: ReadonlyMap<string, LocalRole>): Promise<StsServer> {
  const sessions: string[] = [];
  const server = await startHttpServer(async (request, response) => {
    const parameters = new URLSearchParams(await text(request));
    const role = roles.get(parameters.get('RoleArn') ?? '');
    const send = (status: number, xml: string) =>
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    if (parameters.get('Action') !== 'AssumeRole')
      return send(400, refusal('InvalidAction', 'Only AssumeRole is known here'));
    const protectedBy = role?.externalId ?? parameters.get('ExternalId');
    if (role === undefined || protectedBy !== parameters.get('ExternalId'))
      return send(403, refusal('AccessDenied', 'Not authorized to perform: sts:AssumeRole'));
    sessions.push(parameters.get('RoleSessionName') ?? '');
    return send(200, assumed(role));
  });

  return { ...server, sessions };
}

const namespace = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

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
