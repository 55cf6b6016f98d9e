/** What a kit's parser may be written of. Anything else is a `CbnError`, although the product knows more. */
export type Statement = If | Filter;

interface If {
  readonly kind: 'if';
  /** The first whose condition is true runs; an `else` has none. */
  readonly branches: readonly { readonly condition?: Condition; readonly body: readonly Statement[] }[];
}

export interface Filter {
  readonly kind: 'filter';
  readonly name: string;
  readonly settings: ReadonlyMap<string, Setting>;
}

export type Setting = string | readonly string[] | ReadonlyMap<string, string>;

/** Parts joined by `and`. */
export type Condition = readonly Test[];

export type Test =
  | { readonly test: 'flag'; readonly token: string; readonly negated: boolean }
  | { readonly test: '==' | '!=' | '=~'; readonly token: string; readonly text: string }
  | {
      readonly test: 'in' | 'not in';
      readonly token: string;
      readonly texts: readonly string[];
    };

export class CbnError extends Error {
  override readonly name = 'CbnError';
}

/** Parses a whole parser: comments and one `filter`. */
export function parseCbn(text: string): readonly Statement[] {
  const tokens = tokensOf(text);
  let next = 0;

  expect('filter');
  const statements = body();
  if (next < tokens.length) throw new CbnError(`unexpected ${tokens[next]} after the filter`);
  return statements;

  function take(): string {
    const token = tokens[next++];
    if (token === undefined) throw new CbnError('unexpected end');
    return token;
  }

  function expect(expected: string): void {
    const token = take();
    if (token !== expected) throw new CbnError(`expected ${expected}, got ${token}`);
  }

  function accept(token: string): boolean {
    if (tokens[next] !== token) return false;
    next += 1;
    return true;
  }

  function body(): Statement[] {
    expect('{');
    const statements: Statement[] = [];
    while (!accept('}')) statements.push(accept('if') ? conditional() : filter());
    return statements;
  }

  function conditional(): If {
    const branches: { condition?: Condition; body: readonly Statement[] }[] = [
      { condition: condition(), body: body() },
    ];
    while (accept('else')) {
      if (!accept('if')) return { kind: 'if', branches: [...branches, { body: body() }] };
      branches.push({ condition: condition(), body: body() });
    }
    return { kind: 'if', branches };
  }

  function condition(): Condition {
    const tests = [test()];
    while (accept('and')) tests.push(test());
    return tests;
  }

  function test(): Test {
    const negated = accept('!');
    const token = list(take)[0] ?? '';
    const operator = tokens[next];
    if (negated || operator === '{' || operator === 'and') return { test: 'flag', token, negated };
    next += 1;
    if (operator === '==' || operator === '!=' || operator === '=~')
      return { test: operator, token, text: string() };
    if (operator === 'not') expect('in');
    else if (operator !== 'in') throw new CbnError(`unknown operator ${operator}`);
    return { test: operator === 'in' ? 'in' : 'not in', token, texts: list(string) };
  }

  function filter(): Filter {
    const name = take();
    expect('{');
    const settings = new Map<string, Setting>();
    while (!accept('}')) {
      const key = take();
      expect('=>');
      if (settings.has(key)) throw new CbnError(`${name} has ${key} twice`);
      settings.set(key, setting());
    }
    return { kind: 'filter', name, settings };
  }

  function setting(): Setting {
    if (tokens[next] === '[') return list(string);
    if (!accept('{')) return string();
    const pairs = new Map<string, string>();
    while (!accept('}')) {
      const key = string();
      expect('=>');
      if (pairs.has(key)) throw new CbnError(`${key} is there twice`);
      pairs.set(key, string());
    }
    return pairs;
  }

  function list(item: () => string): string[] {
    expect('[');
    const items = [item()];
    while (accept(',')) items.push(item());
    expect(']');
    return items;
  }

  function string(): string {
    const token = take();
    if (token.startsWith("'")) return singleQuoted(token);
    if (!token.startsWith('"')) throw new CbnError(`expected a text, got ${token}`);
    return doubleQuoted(token);
  }
}

const token = /(?:\s|#[^\n]*\n)*(?:("(?:[^"\\]|\\.)*"|'[^']*'|=>|==|!=|=~|[{}[\],!]|[A-Za-z_]\w*)|$)/sy;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const start = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new CbnError(`unknown characters: ${text.slice(start, start + 20).trim()}`);
    if (match[1] === undefined) break;
    tokens.push(match[1]);
  }
  return tokens;
}

/** Google's documentation shows that `\s` in a text is an `s`: a backslash goes, whatever stands after it. */
function doubleQuoted(token: string): string {
  return token.slice(1, -1).replaceAll(/\\(.)/gs, (_, character: string) => {
    if (character !== '"' && character !== '\\') throw new CbnError(`a lost backslash before ${character}`);
    return character;
  });
}

/** Whether a backslash escapes anything between single quotes is not documented. */
function singleQuoted(token: string): string {
  if (token.includes('\\')) throw new CbnError('a backslash between single quotes');
  return token.slice(1, -1);
}
