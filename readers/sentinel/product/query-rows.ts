import type { Node } from './kusto.ts';

/** A value of KQL; `undefined` is null. */
export type Value = string | number | boolean | Date | readonly Value[] | undefined;
export type Row = ReadonlyMap<string, Value>;

/**
 * Runs a query on rows, as far as the kit's queries need it.
 *
 * @throws Error for operators and functions that it does not know
 */
export function runQuery(
  statements: readonly Node[],
  tables: ReadonlyMap<string, readonly Row[]>,
  now = new Date(),
): Row[] {
  const [statement, ...others] = statements;
  if (statement === undefined || others.length > 0) throw new Error('A query has one statement');
  return tabular(child(statement, 0));

  function tabular(node: Node): Row[] {
    if (node.kind === 'NameReference') {
      const rows = tables.get(String(node.value));
      if (rows === undefined) throw new Error(`There is no table ${node.value}`);
      return [...rows];
    }
    if (node.kind !== 'PipeExpression') throw new Error(`${node.kind} gives no table`);
    const rows = tabular(child(node, 0));
    const operator = child(node, 1);
    switch (operator.kind) {
      case 'FilterOperator':
        return rows.filter(row => scalar(child(operator, 0), row) === true);
      case 'ExtendOperator':
        return rows.map(row => new Map([...row, ...assigned(operator.children, row)]));
      case 'ProjectOperator':
        return rows.map(row => new Map(assigned(operator.children, row)));
      case 'SummarizeOperator':
        return summarize(operator.children, rows);
      default:
        throw new Error(`${operator.kind} is not known`);
    }
  }

  function assigned(nodes: readonly Node[], row: Row): [string, Value][] {
    return nodes.map(node => [nameOf(node), scalar(expressionOf(node), row)]);
  }

  function summarize(nodes: readonly Node[], rows: readonly Row[]): Row[] {
    const keys = nodes.find(({ kind }) => kind === 'SummarizeByClause')?.children ?? [];
    const groups = Map.groupBy(rows, row => JSON.stringify(assigned(keys, row)));
    return [...groups.values()].map(group => {
      const [first = new Map()] = group;
      const aggregates = nodes.filter(({ kind }) => kind === 'SimpleNamedExpression');
      return new Map([
        ...assigned(keys, first),
        ...aggregates.map(node => [nameOf(node), aggregate(expressionOf(node), group)] as const),
      ]);
    });
  }

  function aggregate(node: Node, rows: readonly Row[]): Value {
    const values = () => rows.map(row => scalar(child(node, 1), row));
    const times = () => values().map(value => (value instanceof Date ? value.getTime() : Number.NaN));
    switch (child(node, 0).value) {
      case 'count':
        return rows.length;
      case 'min':
        return new Date(Math.min(...times()));
      case 'max':
        return new Date(Math.max(...times()));
      case 'make_set':
        return [...new Set(values())];
      default:
        throw new Error(`${child(node, 0).value} is not known`);
    }
  }

  function scalar(node: Node, row: Row): Value {
    if (node.kind.endsWith('LiteralExpression')) return literal(node);
    if (node.kind === 'NameReference') {
      if (!row.has(String(node.value))) throw new Error(`There is no column ${node.value}`);
      return row.get(String(node.value));
    }
    if (node.kind === 'FunctionCallExpression') {
      const [name, ...more] = node.children;
      return call(String(name?.value), more, row);
    }
    const [left, ...right] = node.children.map(operand => () => scalar(operand, row));
    if (left === undefined) throw new Error(`${node.kind} is not known`);
    return operate(node.kind, left, right);
  }

  function call(name: string, nodes: readonly Node[], row: Row): Value {
    if (name === 'case' || name === 'iif') {
      for (let index = 0; index + 1 < nodes.length; index += 2)
        if (scalar(child({ children: nodes }, index), row) === true)
          return scalar(child({ children: nodes }, index + 1), row);
      return scalar(child({ children: nodes }, nodes.length - 1), row);
    }
    if (name === 'now') return now;
    if (name === 'ago') return new Date(now.getTime() - Number(scalar(child({ children: nodes }, 0), row)));
    const known = functions[name];
    if (known === undefined) throw new Error(`${name} is not known`);
    return known(...nodes.map(node => scalar(node, row)));
  }
}

const functions: Readonly<Record<string, (first?: Value, second?: Value) => Value>> = {
  isnull: value => value === undefined,
  isempty: value => value === undefined || value === '',
  tostring: value => (value === undefined ? '' : String(value)),
  toint: value => Math.trunc(Number(value)),
  todatetime: value => {
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(String(value))
      ? Date.parse(String(value))
      : NaN;
    return Number.isNaN(time) ? undefined : new Date(time);
  },
  split: (text, separator) => String(text).split(String(separator)),
  // The rows of a test have just been ingested.
  ingestion_time: () => new Date(),
};

type Lazy = () => Value;

function operate(kind: string, left: Lazy, [right, ...more]: readonly Lazy[]): Value {
  const second = () => {
    if (right === undefined) throw new Error(`${kind} has one operand`);
    return right();
  };
  switch (kind) {
    case 'BracketedExpression':
      return left();
    case 'AndExpression':
      return left() === true && second() === true;
    case 'OrExpression':
      return left() === true || second() === true;
    case 'EqualExpression':
      return left() === second();
    case 'NotEqualExpression':
      return left() !== second();
    case 'GreaterThanExpression':
      return Number(left()) > Number(second());
    case 'GreaterThanOrEqualExpression':
      return Number(left()) >= Number(second());
    case 'InExpression':
      return [second, ...more].some(element => element() === left());
    case 'StartsWithCsExpression':
      return String(left()).startsWith(String(second()));
    case 'ContainsCsExpression':
      return String(left()).includes(String(second()));
    case 'MatchesRegexExpression':
      return regex(String(second())).test(String(left()));
    case 'ElementExpression': {
      const list = left();
      return Array.isArray(list) ? list[Number(second())] : undefined;
    }
    default:
      throw new Error(`${kind} is not known`);
  }
}

/** RE2 reads the kit's expressions as JavaScript does, but takes its flags from the expression. */
function regex(pattern: string): RegExp {
  const [, flags = '', rest = pattern] = /^\(\?([a-z]+)\)(.*)$/s.exec(pattern) ?? [];
  return new RegExp(rest, `u${flags}`);
}

function literal({ kind, value }: Node): Value {
  if (kind === 'StringLiteralExpression') return String(value);
  if (kind === 'LongLiteralExpression') return Number(value);
  if (kind === 'TimespanLiteralExpression') return Number(value);
  throw new Error(`${kind} is not known`);
}

function nameOf(node: Node): string {
  return String(node.kind === 'SimpleNamedExpression' ? child(node, 0).value : node.value);
}

function expressionOf(node: Node): Node {
  return node.kind === 'SimpleNamedExpression' ? child(node, 1) : node;
}

function child({ children }: Pick<Node, 'children'>, index: number): Node {
  const node = children[index];
  if (node === undefined) throw new Error('A part of the query is missing');
  return node;
}
