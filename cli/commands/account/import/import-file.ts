import { createReadStream, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Account, parseAccount } from '../../../../lambdas/domain/account.ts';
import { idWarnings, looksLike } from '../../../stage/account/account-id.ts';
import type { AccountRecord } from '../../../stage/account/account-record.ts';
import { readerMisfits } from '../../../stage/account/reader-fit.ts';
import { recordFaults } from '../../../stage/account/record-faults.ts';
import { timeZoneWarnings } from '../../../stage/account/time-zone-hint.ts';
import { importAttributes, unknownAttributes } from '../../../stage/account/unknown-attributes.ts';
import { credentialWarnings, refuseUnusedKey } from '../../../stage/secret/check-secret.ts';
import type { CredentialCheck } from '../../../stage/secret/credential-steps.ts';
import { checkSecretName } from '../../../stage/secret/named-secret.ts';
import { readSecretText, tooLarge } from '../../../stage/secret/secret-size.ts';
import type { SecretWriter } from '../../../stage/secret/secret-writer.ts';
import { CommandError } from '../../../terminal/command-error.ts';
import { credentialLook } from '../../../terminal/credential-look.ts';
import { readLines, sourceName, type TextSource } from '../../../terminal/read-lines.ts';
import { repeatedKeys } from '../../../terminal/repeated-keys.ts';
import { whyUnreadable } from '../../../terminal/unreadable.ts';
import { otherForm } from './import-form.ts';

/** A valid line of an import file. */
export interface ImportLine {
  /** Counted from 1. */
  readonly line: number;
  readonly account: Account;
  readonly record: AccountRecord;
  /** The credential to store, if the line has one. */
  readonly secret: string | undefined;
}

export interface LineFault {
  readonly line: number;
  readonly accountId: string | undefined;
  readonly fault: string;
}

export interface ImportFile {
  readonly lines: readonly ImportLine[];
  readonly faults: readonly LineFault[];
  readonly warnings: LineWarnings;
}

/** Warnings with the numbers of their lines, faulty lines included. A warning does not stop the import. */
export type LineWarnings = ReadonlyMap<string, readonly number[]>;

/**
 * Reads and checks every line of an import file: an account record as JSON. Its credential is either in `secret`
 * (text or JSON) or in the file `secretFile` (a path relative to the import file). A record with `secretId` uses an
 * existing secret.
 *
 * @throws CommandError `usage` if the file cannot be read, or holds no lines
 */
export async function readImportFile(
  source: TextSource,
  secrets: Pick<SecretWriter, 'nameFor' | 'prefix'>,
  check: CredentialCheck,
): Promise<ImportFile> {
  const lines: ImportLine[] = [];
  const faults: LineFault[] = [];
  const warnings = new Map<string, number[]>();
  const warn = (line: number, told: readonly string[]) => {
    for (const warning of told) warnings.set(warning, [...(warnings.get(warning) ?? []), line]);
  };
  const seen = new Map<string, number>();
  const lookingLike = new Map<string, number>();
  const texts = await readLines(source);
  refuseOtherForms(texts.join('\n'), source);
  // Relative paths in lines start here.
  const folder = source.path === '-' ? '.' : dirname(source.path);
  for (const [index, text] of texts.entries()) {
    if (text.trim() === '') continue;
    const line = index + 1;
    const value = parseJson(text);
    warn(line, unknownAttributes(value, importAttributes));
    if (value !== undefined) warn(line, repeatedKeys(text).map(repetition));
    const accountId = printableId(value?.accountId);
    try {
      const read = await readLine(line, value, folder, secrets);
      const told = [
        ...idWarnings(read.account.accountId),
        ...timeZoneWarnings(read.account.timeZone),
        ...readerMisfits(read.account),
        ...(read.secret === undefined ? [] : credentialWarnings(read.account, read.secret, check)),
      ];
      const earlier = seen.get(read.account.accountId);
      if (earlier !== undefined) throw new LineError(`accountId: the same as in line ${earlier}`);
      seen.set(read.account.accountId, line);
      const look = looksLike(read.account.accountId);
      const alike = lookingLike.get(look);
      if (alike !== undefined)
        told.push(`the account’s id looks like that of line ${alike}, but is a different one`);
      lookingLike.set(look, line);
      lines.push(read);
      warn(line, told);
    } catch (thrown) {
      if (!(thrown instanceof CommandError || thrown instanceof LineError)) throw thrown;
      faults.push({ line, accountId, fault: thrown.message });
    }
  }
  return { lines, faults, warnings };
}

/** A key that is not a plain word may be a pasted secret, so it is not repeated. */
function repetition(path: string): string {
  const key = /^[\w.:-]{1,60}$/.test(path) ? `\`${path}\`` : 'a key';
  return `${key} is given twice; the last value is used`;
}

/** @throws CommandError `usage` with what is expected, where every line would be faulty */
function refuseOtherForms(text: string, source: TextSource): void {
  const name = sourceName(source);
  if (text.trim() === '') throw new CommandError('usage', `${name} is empty`);
  const form = otherForm(text);
  if (form !== undefined) throw new CommandError('usage', `${name} ${form}`);
}

class LineError extends Error {
  override readonly name = 'LineError';
}

async function readLine(
  line: number,
  value: Record<string, unknown> | undefined,
  folder: string,
  secrets: Pick<SecretWriter, 'nameFor' | 'prefix'>,
): Promise<ImportLine> {
  if (value === undefined) throw new LineError('expected a JSON object');
  const { secret: inline, secretFile, ...attributes } = value;
  if (inline !== undefined && secretFile !== undefined)
    throw new LineError('secret, secretFile: expected one of them, got both');
  const secret = secretFile === undefined ? inlineSecret(inline) : await fileSecret(secretFile, folder);
  const record: AccountRecord =
    secret === undefined
      ? attributes
      : { ...attributes, secretId: attributes.secretId ?? secrets.nameFor(String(attributes.accountId)) };
  const faults = recordFaults(record);
  if (faults.length > 0) throw new LineError(`The account record is invalid: ${faults.join('; ')}`);
  const account = parseAccount(record);
  if (credentialLook(account.accountId)?.certain)
    throw new LineError('accountId: this looks like a credential, and account ids are not kept secret');
  refuseUnusedKey(
    account,
    { secret, secretId: attributes.secretId },
    'secret, secretFile, secretId, destination.roleArn',
  );
  if (account.secretId !== undefined) checkSecretName(account.secretId, secrets);
  return { line, account, record, secret };
}

/** The id, unless it looks like a credential: messages must not repeat one. */
function printableId(accountId: unknown): string | undefined {
  return typeof accountId === 'string' && credentialLook(accountId) === undefined ? accountId : undefined;
}

function inlineSecret(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  return JSON.stringify(value);
}

async function fileSecret(file: unknown, folder: string): Promise<string> {
  if (typeof file !== 'string') throw new LineError('secretFile: expected a path');
  if (/^\{/.test(file) || (credentialLook(file)?.certain && !existsSync(resolve(folder, file))))
    throw new LineError(
      'secretFile: this is a credential: expected a path; put the credential into "secret"',
    );
  const secret = await readSecretText(createReadStream(resolve(folder, file))).catch((thrown: unknown) => {
    throw new LineError(`secretFile: cannot be read: ${whyUnreadable(thrown)}`);
  });
  if (secret === undefined) throw new LineError(`secretFile: ${tooLarge}`);
  return secret;
}

/** The parser's message is not passed on: it quotes the line, which may contain a secret. */
function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
