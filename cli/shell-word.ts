/** A word that a shell takes as it is. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
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
