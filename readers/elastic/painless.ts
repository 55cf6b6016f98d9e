import { compileFunction } from 'node:vm';

/** What a condition or script works on. Lists and maps of Java are lists and objects here. */
export type Run = (ctx: object, params: unknown) => unknown;

/**
 * Compiles the part of Painless that means the same in JavaScript after a few replacements. Everything else is refused,
 * so that no script passes here that Elasticsearch does not know.
 *
 * @throws SyntaxError what is not in that part, such as an undeclared name
 */
export function compilePainless(source: string): Run {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const run: Run = compileFunction(`'use strict';\n${translated(source)}`, ['ctx', 'params']) as Run;
  compiled.set(source, run);
  return run;
}

/** An `if`: one expression that gives a boolean. */
export function compileCondition(source: string): (ctx: object) => boolean {
  const run = compilePainless(`return ${source};`);
  return ctx => {
    const result = run(ctx, undefined);
    if (typeof result !== 'boolean') throw new TypeError(`A condition gives a boolean: ${source}`);
    return result;
  };
}

const compiled = new Map<string, Run>();

const token = /\s+|(?<name>[A-Za-z_]\w*)|\d+|'[^'\\]*'|\?\.|[=!<>]=|&&|\|\||\+\+|[-+=<>?:;.,(){}[\]]/y;
const types = ['def', 'String', 'int', 'boolean'];
const keywords = [...types, 'for', 'if', 'else', 'break', 'return', 'null', 'true', 'false'];

/** Methods of `java.lang.String` and of Painless, and how JavaScript says them. */
const methods: Record<string, string> = {
  startsWith: 'startsWith(',
  endsWith: 'endsWith(',
  indexOf: 'indexOf(',
  toString: 'toString(',
  splitOnToken: 'split(',
};

function translated(source: string): string {
  const declared = new Set(['ctx', 'params']);
  let script = '';
  let before = '';
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const at = token.lastIndex;
    const match = token.exec(source);
    if (match === null) throw new SyntaxError(`Not in this part of Painless: ${source.slice(at, at + 20)}`);
    const [text] = match;
    const { name } = match.groups ?? {};
    if (name === undefined) {
      script += text;
    } else if (before.endsWith('.')) {
      script += member(name);
    } else {
      if (types.includes(before)) declared.add(name);
      else if (!keywords.includes(name) && !declared.has(name)) throw new SyntaxError(`Undeclared: ${name}`);
      script += types.includes(name) ? 'let' : name;
    }
    if (text.trim() !== '') before = text;
  }
  return script.replaceAll(/for \(let (\w+) : /g, 'for (const $1 of ');

  function member(name: string): string {
    if (source[token.lastIndex] !== '(') return name;
    // A text has a length in JavaScript, and a method of that name in Java.
    if (name === 'length' && source[token.lastIndex + 1] === ')') {
      token.lastIndex += 2;
      return name;
    }
    const method = methods[name];
    if (method === undefined) throw new SyntaxError(`Unknown method: ${name}`);
    token.lastIndex += 1;
    return method;
  }
}
