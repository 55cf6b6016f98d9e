import { quote } from 'shell-quote';

const steering = /[\p{Cc}\p{Cf}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** A word that a shell takes as it is, and that steers no terminal on the way there (`$'…'` is of bash, zsh and ksh). */
export function shellWord(text: string): string {
  if (text.search(steering) >= 0)
    return `$'${text.replaceAll(/[\\']/g, '\\$&').replaceAll(steering, escaped)}'`;
  return quote([text]);
}

function escaped(character: string): string {
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
}

/**
 * A command for an account, to be pasted. An id with a dash at its beginning would be taken for an option, so it stands
 * behind `--`, and the options before.
 *
 * @param command up to its name: `npx siem-export --stage prod account show`
 * @param options words for a shell already
 */
export function accountCommand(command: string, accountId: string, ...options: readonly string[]): string {
  const word = shellWord(accountId);
  return (accountId.startsWith('-') ? [command, ...options, '--', word] : [command, word, ...options]).join(
    ' ',
  );
}
