import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Account, parseAccount } from '../../lambdas/domain/account.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import { parseSecret } from '../../lambdas/domain/secret.ts';
import { CommandError } from '../command-error.ts';
import { whyUnreadable } from '../unreadable.ts';
import type { AccountRecord } from './record-store.ts';
import { importAttributes, unknownAttributes } from './unknown-attributes.ts';

/** A line of an import file that is in order. */
export interface ImportLine {
  /** Counted from 1. */
  readonly line: number;
  readonly account: Account;
  readonly record: AccountRecord;
  /** The credential to be stored, if the line brings one. */
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
  /** What is to be told of attributes that are not known, with the lines that have them, faulty ones too. */
  readonly warnings: ReadonlyMap<string, readonly number[]>;
}

/**
 * Reads and checks every line of an import file: an account record as JSON, with the credential beside it either as
 * `secret` (text, or the JSON itself) or as `secretFile` (a path, seen from the file's folder). A record that names a
 * `secretId` uses a secret that exists.
 *
 * @param secretName where an account's own secret goes
 * @throws CommandError `usage` if the file cannot be read
 */
export async function readImportFile(
  path: string,
  secretName: (accountId: string) => string,
): Promise<ImportFile> {
  const lines: ImportLine[] = [];
  const faults: LineFault[] = [];
  const warnings = new Map<string, number[]>();
  const seen = new Map<string, number>();
  const texts = (await readText(path)).replace(/^\ufeff/, '').split('\n');
  for (const [index, text] of texts.entries()) {
    if (text.trim() === '') continue;
    const line = index + 1;
    const value = parseJson(text);
    for (const warning of unknownAttributes(value, importAttributes))
      warnings.set(warning, [...(warnings.get(warning) ?? []), line]);
    const accountId = typeof value?.accountId === 'string' ? value.accountId : undefined;
    try {
      const read = await readLine(line, value, dirname(path), secretName);
      const earlier = seen.get(read.account.accountId);
      if (earlier !== undefined) throw new LineError(`accountId: the same as in line ${earlier}`);
      seen.set(read.account.accountId, line);
      lines.push(read);
    } catch (thrown) {
      if (!(thrown instanceof ExportError || thrown instanceof LineError)) throw thrown;
      faults.push({ line, accountId, fault: thrown.message });
    }
  }
  return { lines, faults, warnings };
}

class LineError extends Error {
  override readonly name = 'LineError';
}

async function readLine(
  line: number,
  value: Record<string, unknown> | undefined,
  folder: string,
  secretName: (accountId: string) => string,
): Promise<ImportLine> {
  if (value === undefined) throw new LineError('expected a JSON object');
  const { secret: inline, secretFile, ...attributes } = value;
  if (inline !== undefined && secretFile !== undefined)
    throw new LineError('secret, secretFile: expected one of them, got both');
  const secret = secretFile === undefined ? inlineSecret(inline) : await fileSecret(secretFile, folder);
  const record: AccountRecord =
    secret === undefined
      ? attributes
      : { ...attributes, secretId: attributes.secretId ?? secretName(String(attributes.accountId)) };
  const account = parseAccount(record);
  if (secret !== undefined) parseSecret(account.destination.type, secret);
  return { line, account, record, secret };
}

function inlineSecret(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  return JSON.stringify(value);
}

async function fileSecret(file: unknown, folder: string): Promise<string> {
  if (typeof file !== 'string') throw new LineError('secretFile: expected a path');
  try {
    return await readFile(resolve(folder, file), 'utf8');
  } catch (thrown) {
    throw new LineError(`secretFile: cannot be read: ${whyUnreadable(thrown)}`);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    throw new CommandError('usage', `${path} cannot be read: ${whyUnreadable(thrown)}`);
  }
}

/** The parser's own message is not passed on: it quotes the line, which may hold a secret. */
function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
