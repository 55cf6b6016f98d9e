import { createReadStream, existsSync } from 'node:fs';
import { ask, askHidden } from '../../terminal/ask.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { credentialLook } from '../../terminal/credential-look.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { whyUnreadable } from '../../terminal/unreadable.ts';
import { readSecretText, tooLarge } from './secret-size.ts';

/**
 * Reads a credential from a file, or from standard input (`-`). No option takes the credential itself, because
 * arguments are visible in the process list and stay in the shell’s history.
 * @throws CommandError `usage` if it cannot be read, or is larger than a secret can be
 */
export async function readSecretFile(file: string, { input }: Pick<Terminal, 'input'>): Promise<string> {
  if (file === '-') return readSource(input, 'The secret on standard input');
  // A path does not begin with a bracket or quote, and pasted text ends at its first line break.
  if (!existsSync(file) && (/^[{["']/.test(file) || credentialLook(file) !== undefined))
    throw new CommandError(
      'usage',
      'This is a credential or a part of one: expected the name of a file that contains it',
    );
  return readSource(createReadStream(file), `The file with the secret, ${file},`);
}

async function readSource(source: Parameters<typeof readSecretText>[0], what: string): Promise<string> {
  const text = await readSecretText(source).catch((thrown: unknown) => {
    throw new CommandError('usage', `${what} cannot be read: ${whyUnreadable(thrown)}`);
  });
  if (text === undefined) throw new CommandError('usage', `${what} ${tooLarge}`);
  return text;
}

/** Asks for the credential for a destination; the input is hidden. */
export async function askForSecret(terminal: Terminal, type: unknown): Promise<string> {
  const file = await ask(terminal, `File with the credential (empty to type it in):`);
  if (file !== '') return readSecretFile(file, terminal);
  switch (type) {
    case 's3': {
      const accessKeyId = await ask(terminal, 'Access key id:');
      return JSON.stringify({
        accessKeyId,
        secretAccessKey: await askHidden(terminal, 'Secret access key:'),
      });
    }
    case 'azure':
      return askHidden(terminal, 'Connection string or URL of the SAS:');
    default:
      throw new CommandError('usage', 'A service-account file is too long to type: give its name');
  }
}
