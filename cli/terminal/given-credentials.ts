import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { CommandError } from './command-error.ts';
import { credentialLook, type Look } from './credential-look.ts';

/** The words of a command line that are credentials by their look, certainly or not; of `--option=value` the value. */
export function credentialsAmong(argv: readonly string[]): string[] {
  return argv.map(wordIn).filter(word => lookOf(word) !== undefined);
}

/**
 * Refuses a command line with a credential in it before anything repeats it, whatever option or argument it stands for:
 * commands read credentials from files only.
 * @throws CommandError `usage`
 */
export function refuseCredentials(argv: readonly string[]): void {
  for (const [index, word] of argv.entries()) {
    const look = lookOf(wordIn(word));
    if (look?.certain) throw refusal(look, nameOf(word) ?? nameOf(argv[index - 1] ?? ''));
  }
}

/**
 * Refuses the value of an option that may be a credential. An argument is not refused for that: an account's id may be
 * any text, and what there is no such account of is not repeated whole.
 * @throws CommandError `usage`
 */
export function refuseCredentialsAmong(command: Command): void {
  if (command.parent !== null) refuseCredentialsAmong(command.parent);
  for (const option of command.options) {
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    // The names of secrets end in base64 themselves.
    if (typeof value !== 'string' || option.long === '--secret-id') continue;
    const look = lookOf(value);
    if (look !== undefined) throw refusal(look, option.long);
  }
}

function lookOf(word: string): Look | undefined {
  const look = credentialLook(word);
  // Files of credentials are named after them.
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
      ? `${where} is a credential itself, or a piece of one (${what}); nothing was done. Arguments show in the list of processes and stay in the shell's history, so the customer should replace it. Put the new one into a file, and give the name of the file: --secret-file <file>`
      : `${where} may be a credential by its look (${what}); nothing was done. Credentials are read from files: --secret-file <file>`,
  );
}
