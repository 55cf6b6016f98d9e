import type { Rule } from '../../lambdas/domain/actions.ts';

/** Lines of a parser, without the indentation of the block around them. */
export type Lines = readonly string[];
type Pairs = readonly (readonly [key: string, value: string])[];

/** A text between double quotes. In a parser only a quote and a backslash need a backslash before them. */
export function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
}

/** A text for `replace`, which would take `%{` for the start of a token's name. There is no escape for it. */
export function plain(text: string): string {
  return text.replaceAll('%{', '{');
}

/** The condition that a rule matches the token. Parsers use RE2, and a pattern is a text whose backslashes are doubled. */
export function matches(token: string, { kind, text }: Rule): string {
  if (kind === 'exact') return `[${token}] == ${quoted(text)}`;
  if (kind === 'prefix') return `[${token}] =~ ${quoted(`^${literal(text)}`)}`;
  return `[${token}] =~ ${quoted(`(?s)^${text.split('*').map(literal).join('.*')}$`)}`;
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

export function block(head: string, body: Lines): Lines {
  return [`${head} {`, ...body.map(line => (line === '' ? line : `  ${line}`)), '}'];
}

/**
 * One operation of a `mutate`. Each has a block of its own: operations in one block run in a fixed order of their own, and an
 * error of one skips the rest.
 */
export function mutate(operation: 'replace' | 'merge' | 'convert', pairs: Pairs, onError?: string): Lines {
  return block('mutate', [
    ...block(
      `${operation} =>`,
      pairs.map(([key, value]) => `${quoted(key)} => ${quoted(value)}`),
    ),
    ...(onError === undefined ? [] : [`on_error => ${quoted(onError)}`]),
  ]);
}

/** `if … else if … else`: the first branch whose condition is true runs. */
export function chain(
  branches: readonly (readonly [condition: string, body: Lines])[],
  otherwise?: Lines,
): Lines {
  const heads = branches.map(([condition, body], index) =>
    block(index === 0 ? `if ${condition}` : `else if ${condition}`, body),
  );
  return [...heads, ...(otherwise === undefined ? [] : [block('else', otherwise)])].flat();
}
