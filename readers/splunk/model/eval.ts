/** The fields of an event by their names. `null` is no value. */
export type Fields = ReadonlyMap<string, string>;
type Expression = (fields: Fields) => string | null;

const parsed = new Map<string, Expression>();

/** The value of an expression of `eval`, of which the model knows what the kit uses. @throws SyntaxError */
export function evaluate(text: string, fields: Fields): string | null {
  let expression = parsed.get(text);
  if (expression === undefined) {
    expression = parse(text);
    parsed.set(text, expression);
  }
  return expression(fields);
}

const token = /\s*(?:"(?<text>(?:[^"\\]|\\.)*)"|'(?<quoted>[^']*)'|(?<word>[A-Za-z_]\w*)|(?<mark>[(),]))/y;
type Token = Readonly<Record<'text' | 'quoted' | 'word' | 'mark', string | undefined>>;

function parse(text: string): Expression {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const groups = token.exec(text)?.groups;
    if (groups === undefined) throw new SyntaxError(`Not an expression from ${at}: ${text}`);
    tokens.push(groups as Token);
  }
  const expression = parseOne(tokens);
  if (tokens.length > 0) throw new SyntaxError(`More than an expression: ${text}`);
  return expression;
}

function parseOne(tokens: Token[]): Expression {
  const { text, quoted, word } = tokens.shift() ?? {};
  if (text !== undefined) {
    // Only these two are escapes: any other backslash is itself.
    const value = text.replaceAll(/\\(["\\])/g, '$1');
    return () => value;
  }
  const field = quoted ?? word;
  if (field === undefined) throw new SyntaxError('Expected a text, a field or a function');
  const isCall = quoted === undefined && tokens[0]?.mark === '(';
  return isCall ? call(field, parseOperands(tokens)) : fields => fields.get(field) ?? null;
}

function parseOperands(tokens: Token[]): Expression[] {
  const operands: Expression[] = [];
  let mark = tokens.shift()?.mark;
  while (mark === '(' || mark === ',') {
    operands.push(parseOne(tokens));
    mark = tokens.shift()?.mark;
  }
  if (mark !== ')') throw new SyntaxError('Expected the end of the operands');
  return operands;
}

function call(name: string, operands: readonly Expression[]): Expression {
  const [first, second, third] = operands;
  if (first === undefined || second === undefined) throw new SyntaxError(`Too few operands of ${name}`);
  if (name === 'nullif' && third === undefined) {
    return fields => (first(fields) === second(fields) ? null : first(fields));
  }
  if (name === 'coalesce') {
    return fields => operands.reduce<string | null>((found, operand) => found ?? operand(fields), null);
  }
  if (name === 'replace' && third !== undefined) {
    return fields => {
      const replacement = third(fields) ?? '';
      return first(fields)?.replaceAll(new RegExp(second(fields) ?? '', 'g'), () => replacement) ?? null;
    };
  }
  throw new SyntaxError(`Unknown function ${name}`);
}
