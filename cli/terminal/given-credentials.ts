import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { CommandError } from './command-error.ts';
import { credentialLook, type Look } from './credential-look.ts';

/** The words of a command line that look like credentials; of `--option=value`, only the value. */
export function credentialsAmong(argv: readonly string[]): string[] {
  return argv.map(wordIn).filter(word => lookOf(word) !== undefined);
}

/**
 * Refuses a command line that contains a credential, before any message can repeat it. Commands read credentials only
 * from files.
 * @throws CommandError `usage`
 */
export function refuseCredentials(argv: readonly string[]): void {
  for (const [index, word] of argv.entries()) {
    const look = lookOf(wordIn(word));
    if (look?.certain) throw refusal(look, nameOf(word) ?? nameOf(argv[index - 1] ?? ''));
  }
}

/**
 * Refuses an option value that may be a credential. Arguments are not refused for this, because an account id may be
 * any text; if there is no such account, the message does not repeat the id.
 * @throws CommandError `usage`
 */
export function refuseCredentialsAmong(command: Command): void {
  if (command.parent !== null) refuseCredentialsAmong(command.parent);
  for (const option of command.options) {
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    // Names of secrets end in base64 and would look like a credential.
    if (typeof value !== 'string' || option.long === '--secret-id') continue;
    const look = lookOf(value);
    if (look !== undefined) throw refusal(look, option.long);
  }
}

function lookOf(word: string): Look | undefined {
  const look = credentialLook(word);
  // Names of credential files may look like the credential.
  return look !== undefined && !existsSync(word) ? look : undefined;
}

function wordIn(word: string): string {
  return nameOf(word) === undefined ? word : word.slice(word.indexOf('=') + 1);
}

function nameOf(word: string): string | undefined {
  return /^(--[a-z-]{2,40})(=|$)/.exec(word)?.[1];
}

function refusal({ what, certain }: Look, option: string | undefined): CommandError {
  const where = option === undefined ? 'An argument' : `The value of ${option}`;
  return new CommandError(
    'usage',
    certain
      ? `${where} is a credential or a part of one (${what}); nothing was done. Arguments are visible in the process list and stay in the shell's history, so the customer should replace it. Put the new one into a file, and give the name of the file: --secret-file <file>`
      : `${where} looks like a credential (${what}); nothing was done. Credentials are read from files: --secret-file <file>`,
  );
}
