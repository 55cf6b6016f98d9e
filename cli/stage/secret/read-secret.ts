import { createReadStream, existsSync } from 'node:fs';
import { ask, askHidden } from '../../terminal/ask.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { credentialLook } from '../../terminal/credential-look.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { whyUnreadable } from '../../terminal/unreadable.ts';
import { readSecretText, tooLarge } from './secret-size.ts';

/**
 * A credential from a file, or from standard input (`-`). There is no option that takes the secret itself: arguments
 * show in the list of processes and stay in the shell's history.
 * @throws CommandError `usage` if it cannot be read, or is larger than a secret can be
 */
export async function readSecretFile(file: string, { input }: Pick<Terminal, 'input'>): Promise<string> {
  if (file === '-') return readSource(input, 'The secret on standard input');
  // The name of a file begins with no bracket, and what was pasted ends where its first line does.
  if (!existsSync(file) && (/^[{["']/.test(file) || credentialLook(file) !== undefined))
    throw new CommandError(
      'usage',
      'This is the credential itself, or a piece of it: expected the name of a file that holds it',
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

/** Asks for the credential of a destination, without showing it. */
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
