import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { UnsupportedCallError } from '../world/process.ts';

export type Item = Record<string, AttributeValue>;
export type Values = Readonly<Record<string, AttributeValue>>;
type Condition = (item: Item | undefined, values: Values) => boolean;
type Update = (item: Item, values: Values) => void;

const conditions = new Map<string, Condition>();
const updates = new Map<string, Update>();

/** DynamoDB refuses these as bare names in an expression; the list holds those that our tables could come near to. */
const reservedWords = new Set(
  'ACTION BUCKET CLUSTER COUNT CURSOR DATE DESTINATION END FORMAT INDEX KEY LANGUAGE LEVEL LOCATION NAME OWNER PARTITION PATH POSITION REGION ROLE SOURCE START STATE STATUS TIME TIMEZONE TIMESTAMP TOKEN TYPE USER VALUE VALUES WINDOW ZONE'.split(
    ' ',
  ),
);

/** The part of DynamoDB's condition language that is in use: `attribute_not_exists` and comparisons, joined by OR and AND. */
export function conditionOf(expression: string): Condition {
  return remembered(conditions, expression, () => {
    const alternatives = expression.split(' OR ').map(terms => terms.split(' AND ').map(comparison));
    return (item, values) => alternatives.some(terms => terms.every(holds => holds(item, values)));
  });
}

/** The part of DynamoDB's update language that is in use: SET (values and sums), ADD and DELETE on sets, REMOVE. */
export function updateOf(expression: string): Update {
  return remembered(updates, expression, () => {
    const clauses = [
      ...expression.matchAll(/\b(SET|ADD|DELETE|REMOVE) (.+?)(?= (?:SET|ADD|DELETE|REMOVE) |$)/g),
    ];
    if (clauses.map(([clause]) => clause).join(' ') !== expression) throw unsupported(expression);
    const actions = clauses.flatMap(([, verb = '', list = '']) =>
      list.split(', ').map(action => updateAction(verb, action)),
    );
    return (item, values) => {
      // Every right-hand side sees the item as it was.
      const before = { ...item };
      for (const action of actions) action(item, before, values);
    };
  });
}

function comparison(text: string): Condition {
  const [, absent] = /^attribute_not_exists\((\w+)\)$/.exec(text) ?? [];
  if (absent !== undefined) {
    const name = attributeName(absent);
    return item => item?.[name] === undefined;
  }
  const [, left, operator, right] = /^(\w+) (=|<|<=) (:\w+)$/.exec(text) ?? [];
  if (left === undefined || right === undefined) throw unsupported(text);
  const name = attributeName(left);
  return (item, values) => {
    const stored = item?.[name];
    const given = valueNamed(values, right);
    if (stored === undefined) return false;
    const order = compare(stored, given);
    return operator === '=' ? order === 0 : operator === '<' ? order < 0 : order <= 0;
  };
}

type Action = (item: Item, before: Item, values: Values) => void;

function updateAction(verb: string, action: string): Action {
  if (verb === 'REMOVE') {
    const name = attributeName(action);
    return item => delete item[name];
  }
  if (verb === 'SET') {
    const [, left = '', augend, right = ''] = /^(\w+) = (?:(\w+) \+ )?(:\w+)$/.exec(action) ?? [];
    const name = attributeName(left);
    return (item, before, values) => {
      const value = valueNamed(values, right);
      item[name] = augend === undefined ? value : { N: String(numberOf(before[augend]) + numberOf(value)) };
    };
  }
  const [, left = '', right = ''] = /^(\w+) (:\w+)$/.exec(action) ?? [];
  const name = attributeName(left);
  return (item, before, values) => {
    const stored = setOf(before[name] ?? { SS: [] });
    const given = setOf(valueNamed(values, right));
    const kept = stored.filter(member => !given.includes(member));
    const members = verb === 'ADD' ? [...kept, ...given] : kept;
    if (members.length > 0) item[name] = { SS: members };
    else delete item[name];
  };
}

function attributeName(name: string): string {
  if (!/^\w+$/.test(name)) throw unsupported(name);
  if (reservedWords.has(name.toUpperCase()))
    throw new UnsupportedCallError(`${name} is a reserved word of DynamoDB's`);
  return name;
}

function valueNamed(values: Values, name: string): AttributeValue {
  const value = values[name];
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
