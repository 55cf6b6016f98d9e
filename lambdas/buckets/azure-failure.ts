import type { RestError } from '@azure/storage-blob';
import { ExportError, type FailureCode } from '../domain/failure.ts';

/** What a failure's message may say of where the upload went. */
export interface AzureContainerName {
  readonly accountName: string;
  readonly container: string;
  /** The credential is a SAS and not an account key. */
  readonly sas: boolean;
  /** The host is Azure's own, so that a name which does not resolve is an account that does not exist. */
  readonly azureHost: boolean;
}

/** What is kept of the SDK's error: the error itself reaches the request, and with it the signature or the SAS. */
interface AzureCause {
  readonly name: string;
  readonly code: string | undefined;
  readonly statusCode: number | undefined;
  readonly requestId: string | undefined;
}

/**
 * True if the answer means that a blob has the key: besides `If-None-Match` failing, a SAS without Write may not
 * overwrite (403), and a blob of another type, an archived, an immutable or a leased one may not be written to.
 */
export function isBlobThere(thrown: unknown): boolean {
  const { code, statusCode } = causeOf(thrown);
  return statusCode === 412 || (code !== undefined && blobThereCodes.has(code));
}

const blobThereCodes = new Set([
  'BlobAlreadyExists',
  'UnauthorizedBlobOverwrite',
  'InvalidBlobType',
  'BlobImmutableDueToPolicy',
  'BlobArchived',
]);

/** Codes of a connection that never came to be, so that nothing of the request can have arrived. */
export function neverConnected(thrown: unknown): boolean {
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(causeOf(thrown).code ?? '');
}

/**
 * An error of the SDK as the failure it means for the container, with the remedy, and with nothing of the request.
 * `unclear`: an earlier try of the request that creates the blob may have done so.
 */
export function azureFailure(
  thrown: unknown,
  where: AzureContainerName,
  { unclear }: { unclear: boolean },
): ExportError {
  const cause = causeOf(thrown);
  const [code, reason] = diagnose(cause, where, messageOf(thrown));
  const place = `Container ${where.container} of storage account ${where.accountName}`;
  const answer = [cause.statusCode, cause.code].filter(part => part !== undefined).join(' ');
  return new ExportError(code, `${place}: ${reason} (${answer || cause.name})`, { cause, unclear });
}

type Diagnosis = readonly [code: FailureCode, reason: string];

function diagnose(cause: AzureCause, where: AzureContainerName, message: string): Diagnosis {
  const { code = '', statusCode } = cause;
  if (statusCode === undefined) return diagnoseConnection(cause, where);
  if (statusCode >= 500 || statusCode === 429 || statusCode === 408 || passingCodes.has(code))
    return ['destination_unavailable', 'Azure cannot take the upload now; it is tried again'];
  if (corruptedCodes.has(code)) return ['network', 'the upload arrived damaged; it is tried again'];
  if (statusCode === 401 || credentialCodes.has(code) || (statusCode === 403 && isAboutSignature(message)))
    return [
      'credentials_rejected',
      where.sas
        ? 'Azure does not accept the SAS; issue a new one that has not expired and store it in the secret'
        : 'Azure does not accept the account key; store the current key in the secret',
    ];
  if (statusCode === 403) return ['access_denied', remedies[code] ?? permissionRemedy(where)];
  if (statusCode === 404)
    return ['bucket_missing', 'it does not exist; create it or correct the account record'];
  if (statusCode >= 300 && statusCode < 400)
    return ['destination_rejected', 'the host answers with a redirect, which is not followed'];
  if (code === 'InvalidHeaderValue') return ['destination_rejected', unknownVersion];
  return ['destination_rejected', 'Azure refuses the upload'];
}

function diagnoseConnection({ name, code }: AzureCause, where: AzureContainerName): Diagnosis {
  if (name !== 'RestError') return ['internal', 'the upload failed before it reached Azure'];
  if (code === 'ENOTFOUND' && where.azureHost)
    return ['bucket_missing', 'the storage account does not exist; correct the secret'];
  return ['network', 'the connection to Azure failed; it is tried again'];
}

/**
 * Refusals that pass by themselves. `InvalidBlockList`: another writer of the same key has committed meanwhile, which
 * discards the blocks of all others; the next try finds its blob.
 */
const passingCodes = new Set([
  'ContainerBeingDeleted',
  'AccountBeingCreated',
  'OperationTimedOut',
  'InvalidBlockList',
]);

const corruptedCodes = new Set(['Md5Mismatch', 'Crc64Mismatch']);

const credentialCodes = new Set([
  'AuthenticationFailed',
  'InvalidAuthenticationInfo',
  'NoAuthenticationInformation',
]);

/** Azurite answers `AuthorizationFailure` to a wrong signature; the text is Azure's own for `AuthenticationFailed`. */
function isAboutSignature(message: string): boolean {
  return message.startsWith('Server failed to authenticate the request');
}

/** Put Blob is content with Create; Put Block and Put Block List, for larger files, need Write. */
function permissionRemedy({ sas }: AzureContainerName): string {
  return sas
    ? 'the SAS may not create blobs here; issue one for this container with Create (c) and Write (w)'
    : 'Azure denies the upload; check the settings of the storage account';
}

/** Sovereign clouds learn a version of the API after Azure itself; all other headers are the same for every account. */
const unknownVersion =
  'this cloud refuses a header, most likely because it does not know the API version of our release yet; ' +
  'operators have to deploy another release, the container is in order';

const network = "the storage account refuses our network address; allow it in the account's firewall";

const remedies: Readonly<Record<string, string>> = {
  AuthorizationFailure: network,
  AuthorizationSourceIPMismatch: 'the SAS is limited to other IP addresses; issue one without or with ours',
  AuthorizationProtocolMismatch: 'the SAS is not valid for HTTPS; issue one that is',
  AuthorizationServiceMismatch: 'the SAS is not valid for blobs; issue one for the Blob service',
  AuthorizationResourceTypeMismatch:
    'the SAS is not valid for objects; issue one for the resource type Object',
  KeyBasedAuthenticationNotPermitted:
    'the storage account does not allow shared keys; allow them or store a user delegation SAS in the secret',
  AccountIsDisabled: 'the storage account is disabled; enable it',
};

function causeOf(thrown: unknown): AzureCause {
  if (!(thrown instanceof Error)) return { ...nothing, name: typeof thrown };
  const { code, statusCode, response } = thrown as Partial<RestError>;
  const headers = response?.headers;
  return {
    name: thrown.name,
    code: plainWord(headers?.get('x-ms-error-code') ?? code),
    statusCode,
    requestId: plainWord(headers?.get('x-ms-request-id')),
  };
}

const nothing = { code: undefined, statusCode: undefined, requestId: undefined };

/** Codes and ids are words; anything else a server sends is not passed on. */
function plainWord(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : '';
}
