import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { UnsupportedCallError } from '../world/process.ts';
import { attributeAt, type Names, pathOf, removeAttribute, setAttribute } from './paths.ts';

export type Item = Record<string, AttributeValue>;

/** The names and values for the placeholders of an expression. */
export interface Placeholders {
  readonly values?: Readonly<Item> | undefined;
  readonly names?: Names | undefined;
}

type Condition = (item: Item | undefined, given: Placeholders) => boolean;
type Update = (item: Item, given: Placeholders) => void;

const conditions = new Map<string, Condition>();
const updates = new Map<string, Update>();

/**
 * The subset of DynamoDB’s condition language in use: `attribute_exists`, `attribute_not_exists`, `size` and
 * comparisons, joined by OR and AND.
 */
export function conditionOf(expression: string): Condition {
  return remembered(conditions, expression, () => {
    const alternatives = expression.split(' OR ').map(terms => terms.split(' AND ').map(termOf));
    return (item, given) => alternatives.some(terms => terms.every(holds => holds(item, given)));
  });
}

/** The subset of DynamoDB’s update language in use: SET (values and sums), ADD on sets, REMOVE. */
export function updateOf(expression: string): Update {
  return remembered(updates, expression, () => {
    const clauses = [...expression.matchAll(/\b(SET|ADD|REMOVE) (.+?)(?= (?:SET|ADD|REMOVE) |$)/g)];
    if (clauses.map(([clause]) => clause).join(' ') !== expression) throw unsupported(expression);
    const actions = clauses.flatMap(([, verb = '', list = '']) =>
      list.split(', ').map(action => updateAction(verb, action)),
    );
    return (item, given) => {
      // Every right-hand side uses the values before the update.
      const before = { ...item };
      for (const action of actions) action(item, before, given);
    };
  });
}

function termOf(text: string): Condition {
  const [, what, examined] = /^attribute_(exists|not_exists)\((\S+)\)$/.exec(text) ?? [];
  if (examined !== undefined) {
    const path = pathOf(examined);
    return (item, { names }) => (attributeAt(item, path, names) !== undefined) === (what === 'exists');
  }
  const [, left, operator, right] = /^(\S+) (=|<|<=|>=) (:\w+)$/.exec(text) ?? [];
  if (left === undefined || right === undefined) throw unsupported(text);
  const [, measured] = /^size\((\S+)\)$/.exec(left) ?? [];
  const path = pathOf(measured ?? left);
  return (item, { values, names }) => {
    const found = attributeAt(item, path, names);
    const stored = found && measured !== undefined ? { N: String(setOf(found).length) } : found;
    const given = valueNamed(values, right);
    if (stored === undefined) return false;
    const order = compare(stored, given);
    if (operator === '=') return order === 0;
    if (operator === '>=') return order >= 0;
    return operator === '<' ? order < 0 : order <= 0;
  };
}

type Action = (item: Item, before: Item, given: Placeholders) => void;

function updateAction(verb: string, action: string): Action {
  if (verb === 'REMOVE') {
    const path = pathOf(action);
    return (item, _, { names }) => removeAttribute(item, path, names);
  }
  if (verb === 'SET') {
    const [, left = '', augend, right = ''] = /^(\S+) = (?:(\S+) \+ )?(:\w+)$/.exec(action) ?? [];
    const path = pathOf(left);
    const added = augend === undefined ? undefined : pathOf(augend);
    return (item, before, { values, names }) => {
      const value = valueNamed(values, right);
      const sum = added && numberOf(attributeAt(before, added, names)) + numberOf(value);
      setAttribute(item, path, sum === undefined ? value : { N: String(sum) }, names);
    };
  }
  const [, left = '', right = ''] = /^(\S+) (:\w+)$/.exec(action) ?? [];
  const path = pathOf(left);
  return (item, before, { values, names }) => {
    const stored = setOf(attributeAt(before, path, names) ?? { SS: [] });
    const given = setOf(valueNamed(values, right));
    setAttribute(item, path, { SS: [...new Set([...stored, ...given])] }, names);
  };
}

function valueNamed(values: Readonly<Item> | undefined, name: string): AttributeValue {
  const value = values?.[name];
  if (!value) throw new UnsupportedCallError(`The expression's value ${name} is missing`);
  return value;
}

function numberOf(value: AttributeValue | undefined): number {
  if (value?.N === undefined) throw new UnsupportedCallError('The operand is no number');
  return Number(value.N);
}

function setOf(value: AttributeValue): readonly string[] {
  if (!value.SS) throw new UnsupportedCallError('The operand is no set');
  return value.SS;
}

function compare(stored: AttributeValue, given: AttributeValue): number {
  if (stored.N !== undefined && given.N !== undefined) return Number(stored.N) - Number(given.N);
  if (stored.S !== undefined && given.S !== undefined)
    return stored.S < given.S ? -1 : stored.S > given.S ? 1 : 0;
  throw new UnsupportedCallError('Values of different kinds are compared');
}

function remembered<T>(known: Map<string, T>, expression: string, make: () => T): T {
  const found = known.get(expression) ?? make();
  known.set(expression, found);
  return found;
}

function unsupported(expression: string): UnsupportedCallError {
  return new UnsupportedCallError(`The simulated DynamoDB does not know the expression ${expression}`);
}
