import { quote } from 'shell-quote';

const steering = /[\p{Cc}\p{Cf}\p{Cn}\p{Zl}\p{Zp}]/gu;

/**
 * Quotes a word for a shell, without control characters, which could manipulate the terminal (`$'…'` works in bash,
 * zsh and ksh).
 */
export function shellWord(text: string): string {
  if (text.search(steering) >= 0)
    return `$'${text.replaceAll(/[\\']/g, '\\$&').replaceAll(steering, escaped)}'`;
  return quote([text]);
}

function escaped(character: string): string {
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
}

/**
 * A command for an account, to paste into a shell. An id that begins with a dash would be read as an option, so it is
 * put after `--`, and options before it.
 *
 * @param command the command up to its name: `npx siem-export --stage prod account show`
 * @param options words that are already quoted
 */
export function accountCommand(command: string, accountId: string, ...options: readonly string[]): string {
  const word = shellWord(accountId);
  return (accountId.startsWith('-') ? [command, ...options, '--', word] : [command, word, ...options]).join(
    ' ',
  );
}
