import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { UnsupportedCallError } from '../world/process.ts';

type Item = Record<string, AttributeValue>;
/** The attribute names for the `#names` of an expression. */
export type Names = Readonly<Record<string, string>>;
/** The steps of a document path: names or `#names`. */
type Path = readonly [string, ...string[]];

/** Reserved words that DynamoDB refuses as bare names; only those that our tables might use. */
const reservedWords = new Set(
  'ACTION BUCKET CLUSTER COUNT CURSOR DATE DESTINATION END FORMAT INDEX KEY LANGUAGE LEVEL LOCATION NAME OWNER PARTITION PATH POSITION REGION ROLE SOURCE START STATE STATUS TIME TIMEZONE TIMESTAMP TOKEN TYPE USER VALUE VALUES WINDOW ZONE'.split(
    ' ',
  ),
);

/** The steps of `attempts.#mine.step`. */
export function pathOf(text: string): Path {
  const [first = '', ...rest] = text.split('.');
  for (const step of [first, ...rest]) {
    if (!/^#?\w+$/.test(step)) throw new UnsupportedCallError(`The simulated DynamoDB knows no path ${text}`);
    if (reservedWords.has(step.toUpperCase()))
      throw new UnsupportedCallError(`${step} is a reserved word of DynamoDB's`);
  }
  return [first, ...rest];
}

export function attributeAt(item: Item | undefined, path: Path, names: Names | undefined) {
  const [first, ...rest] = path;
  return rest.reduce<AttributeValue | undefined>(
    (value, step) => value?.M?.[nameOf(step, names)],
    item?.[nameOf(first, names)],
  );
}

export function setAttribute(item: Item, path: Path, value: AttributeValue, names: Names | undefined): void {
  parentOf(item, path, names)[nameOf(path.at(-1), names)] = value;
}

export function removeAttribute(item: Item, path: Path, names: Names | undefined): void {
  delete parentOf(item, path, names)[nameOf(path.at(-1), names)];
}

function parentOf(item: Item, path: Path, names: Names | undefined): Item {
  return path.slice(0, -1).reduce<Item>((parent, step) => {
    const map = parent[nameOf(step, names)]?.M;
    if (map) return map;
    throw Object.assign(new Error('The document path provided in the update expression is invalid'), {
      name: 'ValidationException',
    });
  }, item);
}

function nameOf(step = '', names: Names = {}): string {
  if (!step.startsWith('#')) return step;
  const name = names[step];
  if (name === undefined) throw new UnsupportedCallError(`The expression's name ${step} is missing`);
  return name;
}
