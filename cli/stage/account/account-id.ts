import { CommandError } from '../../terminal/command-error.ts';
import { printableLine } from '../../terminal/display.ts';
import { count } from '../../terminal/wording.ts';

/** What DynamoDB takes as a key, in bytes of UTF-8. An id of more characters than are allowed may stand in a table. */
const longestKey = 2048;

/**
 * Refuses an id that no table can hold, before DynamoDB does. Whether the id is one for an account is the record's.
 * @throws CommandError `usage`
 */
export function checkAccountId(accountId: string): void {
  if (accountId !== '' && Buffer.byteLength(accountId) <= longestKey) return;
  const is = accountId === '' ? 'is empty' : `has ${count([...accountId].length)}`;
  throw new CommandError('usage', `An account’s id has 1 to 128 characters: this one ${is}`);
}

/** What is allowed in an id, and hardly ever meant. */
export function idWarnings(accountId: string): string[] {
  const ends = [/^\s/u.test(accountId) && 'begins', /\s$/u.test(accountId) && 'ends'].filter(Boolean);
  const unseen = [...new Set(withoutEmoji(accountId).match(unseenCharacter))].map(codePoint);
  const composed = accountId.normalize('NFC') === accountId;
  return [
    ...(ends.length === 0
      ? []
      : [`the account’s id ${ends.join(' and ')} with a space, which is easily lost where it is copied`]),
    ...(unseen.length === 0
      ? []
      : [
          `the account’s id holds characters that are not seen, or turn the text around: ${unseen.join(', ')}`,
        ]),
    ...(composed
      ? []
      : ['the account’s id has letters and their accents apart (Unicode NFD): typed, it is another id']),
  ];
}

const unseenCharacter = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu;

/** Emoji are joined by characters that are not seen, and rightly so. */
function withoutEmoji(text: string): string {
  return text.replaceAll(/\p{RGI_Emoji}/gv, '');
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * The same for ids that a person takes for one: that differ in accents apart or together, in the width or case of letters,
 * in spaces around them, or in what is not seen.
 */
export function looksLike(accountId: string): string {
  return accountId.normalize('NFKC').replaceAll(unseenCharacter, '').trim().toLowerCase();
}

/** The other ids, of those that are easily looked for, under which an account that looks the same may be known. */
export function otherSpellings(accountId: string): string[] {
  const seen = withoutEmoji(accountId) === accountId ? accountId.replaceAll(unseenCharacter, '') : accountId;
  const spellings = [seen, seen.trim()].flatMap(text => [text.normalize('NFC'), text.normalize('NFD')]);
  return [...new Set(spellings)].filter(spelling => spelling !== accountId && spelling !== '');
}

/** An id in a sentence: in quotes, on one line, without what would steer a terminal, and whole. */
export function quotedId(accountId: string): string {
  return printableLine(JSON.stringify(accountId));
}
