import { ExportError, type FailureCode } from '../domain/failure.ts';
import { type AzureAnswer, meaningOf, wordsOf } from './azure-answer.ts';
import type { BrokenRequest } from './exchange.ts';

/** The details about a container that a failure's message may contain. */
export interface AzureContainerName {
  readonly accountName: string;
  readonly container: string;
  /** True if the credential is a SAS and not an account key. */
  readonly sas: boolean;
  /**
   * True if the host is Azure's own: then a name that does not resolve means that the storage account does not exist.
   */
  readonly azureHost: boolean;
}

/** The failure for an answer other than success, with a remedy and Azure's explanation. */
export function answerFailure(answer: AzureAnswer, where: AzureContainerName): ExportError {
  const { status, code, requestId } = answer;
  const [failureCode, reason] = diagnose(answer, where);
  const message = `${placeOf(where)}: ${reason} (${wordsOf(answer)})`;
  return new ExportError(failureCode, message, { cause: { status, code, requestId } });
}

/** The failure for a request without a complete answer. */
export function connectionFailure({ code }: BrokenRequest, where: AzureContainerName): ExportError {
  const [failureCode, reason]: Diagnosis =
    code === 'ENOTFOUND' && where.azureHost
      ? ['bucket_missing', 'the storage account does not exist; correct the account record']
      : code === 'ETIMEDOUT'
        ? ['no_answer', 'Azure did not answer in time; it is tried again']
        : ['network', 'the connection to Azure failed; it is tried again'];
  return new ExportError(failureCode, `${placeOf(where)}: ${reason} (${code})`, { cause: { code } });
}

/**
 * The failure for any other error of the SDK. It keeps only the error's name, because the error may hold the request.
 */
export function unexpectedFailure(thrown: unknown, where: AzureContainerName): ExportError {
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new ExportError(
    'internal',
    `${placeOf(where)}: the upload failed because of an error in this system (${name})`,
  );
}

/** True if the same request may succeed a moment later. */
export function isBusy({ status, code = '' }: AzureAnswer): boolean {
  return status >= 500 || status === 408 || status === 429 || busyCodes.has(code);
}

const busyCodes = new Set(['InternalError', 'OperationTimedOut', 'ServerBusy', 'TooManyRequests']);

function placeOf({ container, accountName }: AzureContainerName): string {
  return `Container ${container} of storage account ${accountName}`;
}

type Diagnosis = readonly [code: FailureCode, reason: string];

function diagnose(answer: AzureAnswer, where: AzureContainerName): Diagnosis {
  const { status, code = '', explanation, header = 'x-ms-version' } = answer;
  if (isBusy(answer) || passingCodes.has(code))
    return ['destination_unavailable', 'Azure cannot take the upload now; it is tried again'];
  if (meaningOf(answer) === 'unclear')
    return [
      'destination_unavailable',
      'the answer cannot be read, so the outcome is unknown; it is tried again',
    ];
  if (corruptedCodes.has(code)) return ['network', 'the upload arrived damaged; it is tried again'];
  if (status === 401 || credentialCodes.has(code) || isAboutSignature(explanation))
    return ['credentials_rejected', credentialRemedy(where, explanation)];
  if (status === 403) return ['access_denied', accessRemedy(code, where)];
  if (status === 404) return ['bucket_missing', 'it does not exist; create it or correct the account record'];
  if (status < 400)
    return ['destination_rejected', 'the host answers with a redirect, which is not followed'];
  if (code === 'InvalidHeaderValue' && header === 'x-ms-version')
    return ['destination_rejected', unknownVersion];
  return ['destination_rejected', 'Azure refuses the upload'];
}

/**
 * Temporary refusals. `InvalidBlockList` means that another writer has committed the same key, which discards the
 * blocks of all others; the next try finds that writer's blob.
 */
const passingCodes = new Set(['ContainerBeingDeleted', 'AccountBeingCreated', 'InvalidBlockList']);

const corruptedCodes = new Set(['Md5Mismatch', 'Crc64Mismatch']);

const credentialCodes = new Set([
  'AuthenticationFailed',
  'InvalidAuthenticationInfo',
  'NoAuthenticationInformation',
]);

/**
 * For a wrong signature Azurite uses the code `AuthorizationFailure`, but the text of Azure's `AuthenticationFailed`.
 */
function isAboutSignature(explanation: string): boolean {
  return explanation.startsWith('Server failed to authenticate the request');
}

function credentialRemedy({ sas }: AzureContainerName, explanation: string): string {
  if (!sas) return 'Azure does not accept the account key; store the current key in the secret';
  return /time frame|expir/i.test(explanation)
    ? 'the SAS has expired or is not valid yet; issue a new one and store it in the secret'
    : 'Azure does not accept the SAS; issue a new one that has not expired and store it in the secret';
}

/** Sovereign clouds support a version of the API later than Azure itself. No other header differs between accounts. */
const unknownVersion =
  'this cloud refuses a header, most likely because it does not know the API version of our release yet; ' +
  'operators have to deploy another release, the container is in order';

function accessRemedy(code: string, where: AzureContainerName): string {
  switch (code) {
    case 'AuthorizationFailure':
      return (
        "most likely the storage account's network rules refuse our address; allow it under Networking" +
        (where.sas ? `. If they do, ${permissionRemedy(where)}` : '')
      );
    case 'KeyBasedAuthenticationNotPermitted':
      return (
        `the storage account allows no account keys${where.sas ? ', nor a SAS signed with one' : ''}; allow key access, ` +
        'or store a user delegation SAS, which is valid for 7 days at most'
      );
    default:
      return remedies[code] ?? permissionRemedy(where);
  }
}

/** Put Blob needs only Create. Put Block and Put Block List, which larger files use, need Write. */
function permissionRemedy({ sas }: AzureContainerName): string {
  return sas
    ? 'the SAS may not create blobs here; issue one for this container with Create (c) and Write (w)'
    : 'Azure denies the upload; check the settings of the storage account';
}

const remedies: Readonly<Record<string, string>> = {
  AuthorizationSourceIPMismatch: 'the SAS is limited to other IP addresses; issue one without or with ours',
  AuthorizationProtocolMismatch: 'the SAS is not valid for HTTPS; issue one that is',
  AuthorizationServiceMismatch: 'the SAS is not valid for blobs; issue one for the Blob service',
  AuthorizationResourceTypeMismatch:
    'the SAS is not valid for objects; issue one for the resource type Object',
  AccountIsDisabled:
    'the storage account is disabled, as happens when its subscription ends or is not paid; enable it again',
  InsufficientAccountPermissions:
    'the storage account takes no writes now; check its state and its subscription',
};
