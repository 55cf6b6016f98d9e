import { createPublicKey, type KeyObject, randomBytes, verify } from 'node:crypto';
import { GcsRefusal } from './gcs-refusal.ts';

export interface ServiceAccount {
  readonly clientEmail: string;
  /** PEM, or the key itself. */
  readonly publicKey: string | KeyObject;
}

interface TokenAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface TokenIssuer {
  /** Answers a token request: a token for an assertion signed by a known account, else 400. */
  issue(form: URLSearchParams): TokenAnswer;
  /** @throws GcsRefusal 401 unless the header has a valid token of this issuer */
  check(authorization: string | undefined): void;
}

/** The audience in every assertion of Google’s clients, whatever the endpoint. */
const googleTokenUrl = 'https://oauth2.googleapis.com/token';
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const storageScopes = ['devstorage.read_write', 'devstorage.full_control', 'cloud-platform'].map(
  scope => `https://www.googleapis.com/auth/${scope}`,
);
const tokenSeconds = 3600;
const clockSkewSeconds = 300;

/** Google’s token endpoint for service accounts (RFC 7523). */
export function createTokenIssuer(serviceAccounts: readonly ServiceAccount[]): TokenIssuer {
  // Looked up for each request, because an account may lose its key meanwhile.
  const keyOf = (email: string) => {
    const publicKey = serviceAccounts.find(({ clientEmail }) => clientEmail === email)?.publicKey;
    return typeof publicKey === 'string' ? createPublicKey(publicKey) : publicKey;
  };
  const expiries = new Map<string, number>();

  return {
    issue(form) {
      if (form.get('grant_type') !== jwtBearer)
        return refuse('unsupported_grant_type', 'Expected a JWT bearer assertion.');
      const fault = faultOf(form.get('assertion') ?? '', keyOf);
      if (fault !== undefined) return refuse('invalid_grant', fault);
      const token = `local.${randomBytes(32).toString('base64url')}`;
      expiries.set(token, Date.now() + tokenSeconds * 1000);
      return {
        status: 200,
        body: { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds - 1 },
      };
    },

    check(authorization) {
      const [, token = ''] = /^Bearer (\S+)$/.exec(authorization ?? '') ?? [];
      if ((expiries.get(token) ?? 0) <= Date.now())
        throw new GcsRefusal(401, 'authError', 'Invalid Credentials', 'Authorization');
    },
  };
}

function refuse(error: string, description: string): TokenAnswer {
  return { status: 400, body: { error, error_description: description } };
}

/** What is wrong with an assertion; `undefined` if it is valid. */
function faultOf(assertion: string, keyOf: (email: string) => KeyObject | undefined): string | undefined {
  const [encodedHeader = '', encodedClaims = '', signature = '', ...rest] = assertion.split('.');
  const header = decode(encodedHeader);
  const claims = decode(encodedClaims);
  if (header?.alg !== 'RS256' || claims === undefined || rest.length > 0) return 'Invalid JWT.';

  const key = typeof claims.iss === 'string' ? keyOf(claims.iss) : undefined;
  if (key === undefined) return 'Invalid grant: account not found';
  const signed = Buffer.from(`${encodedHeader}.${encodedClaims}`);
  if (!verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url')))
    return 'Invalid JWT Signature.';

  if (claims.aud !== googleTokenUrl) return 'Invalid JWT: wrong audience.';
  const now = Date.now() / 1000;
  const { iat, exp } = claims;
  if (typeof iat !== 'number' || typeof exp !== 'number' || iat > now + clockSkewSeconds || exp <= now)
    return 'Invalid JWT: Token must be a short-lived token and in a reasonable timeframe.';
  if (exp - iat > tokenSeconds) return 'Invalid JWT: lifetime above 60 minutes.';
  const scopes = String(claims.scope ?? '').split(' ');
  return scopes.some(scope => storageScopes.includes(scope)) ? undefined : 'Invalid OAuth scope.';
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Text that is not JSON is not a JWT.
    return undefined;
  }
}
