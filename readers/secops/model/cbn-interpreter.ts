import { filters, type NullMeaning, type State, UnknownError } from './cbn-filters.ts';
import {
  CbnError,
  type Condition,
  type Filter,
  type Setting,
  type Statement,
  type Test,
} from './cbn-syntax.ts';
import type { UdmEvent } from './udm-schema.ts';

/**
 * The UDM events that a parser makes of a raw log; none if it drops the log.
 *
 * @throws CbnError if the product would report an error instead of an event
 */
export function runCbn(
  program: readonly Statement[],
  message: string,
  nulls: NullMeaning,
): readonly UdmEvent[] {
  const state: State = { tokens: new Map([['message', message]]), nulls, output: [], dropped: false };
  runAll(program, state);
  return state.output;
}

function runAll(statements: readonly Statement[], state: State): void {
  for (const statement of statements) {
    if (state.dropped) return;
    if (statement.kind === 'filter') runFilter(statement, state);
    else {
      const { branches } = statement;
      const taken = branches.find(({ condition }) => condition === undefined || holds(condition, state));
      if (taken !== undefined) runAll(taken.body, state);
    }
  }
}

function runFilter({ name, settings }: Filter, state: State): void {
  const flag = settings.get('on_error');
  const run = () => filterOf(name, settings)(state);
  if (flag === undefined) {
    run();
    return;
  }
  if (typeof flag !== 'string' || !/^[a-z_]+$/.test(flag)) throw new UnknownError('flag', String(flag));
  try {
    run();
    state.tokens.set(flag, false);
  } catch (error) {
    if (!(error instanceof CbnError)) throw error;
    state.tokens.set(flag, true);
  }
}

function filterOf(name: string, settings: ReadonlyMap<string, Setting>): (state: State) => void {
  const given = [...settings].filter(([key]) => key !== 'on_error');
  const [first = ['', ''] as const] = given;
  const key = name === 'mutate' ? `mutate ${first[0]}` : name;
  const filter = filters[key];
  if (filter === undefined) throw new UnknownError('filter', key);
  if (given.map(([setting]) => setting).join() !== filter.settings.join())
    throw new UnknownError(`settings of ${key}`, given.map(([setting]) => setting).join());
  return state => filter.run(state, ...given.map(([, value]) => value));
}

/** A condition does not have `on_error`: a token that does not exist ends the parser. */
function holds(condition: Condition, { tokens }: State): boolean {
  return condition.every(test => {
    const value = tokens.get(test.token);
    if (value === undefined) throw new CbnError(`${test.token} is not found in the state`);
    return passes(test, value);
  });
}

function passes(test: Test, value: unknown): boolean {
  switch (test.test) {
    case 'flag':
      if (typeof value !== 'boolean') throw new CbnError(`${test.token} is no flag`);
      return value !== test.negated;
    case '==':
      return value === test.text;
    case '!=':
      return value !== test.text;
    case '=~':
      return typeof value === 'string' && re2(test.text).test(value);
    case 'in':
      return typeof value === 'string' && test.texts.includes(value);
    case 'not in':
      return typeof value !== 'string' || !test.texts.includes(value);
  }
}

const compiled = new Map<string, RegExp>();

/** A pattern of RE2 in so far as JavaScript reads it alike: a flag at its start, and no line mode for `^` and `$`. */
function re2(pattern: string): RegExp {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    const [flags = ''] = pattern.match(/^\(\?s\)/) ?? [];
    try {
      regex = new RegExp(pattern.slice(flags.length), flags === '' ? 'u' : 'su');
    } catch (cause) {
      throw new CbnError(`unreadable pattern ${pattern}`, { cause });
    }
    compiled.set(pattern, regex);
  }
  return regex;
}
