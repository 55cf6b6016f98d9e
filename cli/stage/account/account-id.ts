import { CommandError } from '../../terminal/command-error.ts';
import { printableLine } from '../../terminal/display.ts';
import { count } from '../../terminal/wording.ts';

/**
 * The longest key that DynamoDB accepts, in bytes of UTF-8. A table may contain ids longer than the 128 characters
 * allowed here.
 */
const longestKey = 2048;

/**
 * Refuses an id that is not a valid DynamoDB key. Whether it is a valid account id is checked with the record.
 * @throws CommandError `usage`
 */
export function checkAccountId(accountId: string): void {
  if (accountId !== '' && Buffer.byteLength(accountId) <= longestKey) return;
  const is = accountId === '' ? 'is empty' : `has ${count([...accountId].length)}`;
  throw new CommandError('usage', `An account’s id has 1 to 128 characters: this one ${is}`);
}

/** Warnings about what is allowed in an id but is usually a mistake. */
export function idWarnings(accountId: string): string[] {
  const ends = [/^\s/u.test(accountId) && 'begins', /\s$/u.test(accountId) && 'ends'].filter(Boolean);
  const unseen = [...new Set(withoutEmoji(accountId).match(unseenCharacter))].map(codePoint);
  const composed = accountId.normalize('NFC') === accountId;
  return [
    ...(ends.length === 0
      ? []
      : [`the account’s id ${ends.join(' and ')} with a space, which is easily lost when it is copied`]),
    ...(unseen.length === 0
      ? []
      : [
          `the account’s id contains invisible characters or characters that change the text direction: ${unseen.join(', ')}`,
        ]),
    ...(composed
      ? []
      : [
          'the account’s id has separate accents (Unicode NFD): the same id from a keyboard is a different one',
        ]),
  ];
}

const unseenCharacter = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu;

/** Emoji legitimately contain invisible joiners. */
function withoutEmoji(text: string): string {
  return text.replaceAll(/\p{RGI_Emoji}/gv, '');
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * A form of the id that is equal for ids that look the same: ids that differ only in Unicode normalization, width or
 * case, in spaces at the ends, or in invisible characters.
 */
export function looksLike(accountId: string): string {
  return accountId.normalize('NFKC').replaceAll(unseenCharacter, '').trim().toLowerCase();
}

/** Other ids that look the same and that can be looked up by key; not all that `looksLike` treats as equal. */
export function otherSpellings(accountId: string): string[] {
  const seen = withoutEmoji(accountId) === accountId ? accountId.replaceAll(unseenCharacter, '') : accountId;
  const spellings = [seen, seen.trim()].flatMap(text => [text.normalize('NFC'), text.normalize('NFD')]);
  return [...new Set(spellings)].filter(spelling => spelling !== accountId && spelling !== '');
}

/** The whole id for a message: quoted, on one line, without control characters. */
export function quotedId(accountId: string): string {
  return printableLine(JSON.stringify(accountId));
}
