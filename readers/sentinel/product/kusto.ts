import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';

/** The types of a table's columns by their names. */
export type Columns = ReadonlyMap<string, string>;

/** A node of a query's syntax tree, without the tokens. */
export interface Node {
  /** Kusto's own name for the kind of node, such as `PipeExpression`. */
  readonly kind: string;
  /** The name of a name, the value of a literal. */
  readonly value?: unknown;
  readonly children: readonly Node[];
}

export interface Analysis {
  readonly errors: readonly string[];
  /** The columns of the result. */
  readonly columns: Columns;
  readonly statements: readonly Node[];
}

/** The part of Kusto's language service that is used: compiled C#, whose lists are iterated by index. */
interface List<Item> {
  readonly Count: number;
  getItem(index: number): Item;
}
interface SyntaxElement {
  readonly Kind: number;
  readonly IsToken: boolean;
  readonly ChildCount: number;
  readonly LiteralValue?: unknown;
  readonly SimpleName?: string | null;
  GetChild(index: number): SyntaxElement | null;
}
interface Code {
  readonly Syntax: SyntaxElement;
  readonly ResultType: {
    readonly Columns?: List<{ readonly Name: string; readonly Type: { readonly Name: string } }>;
  } | null;
  GetDiagnostics(): List<{ readonly Message: string }>;
}
/** An opaque object of the language service: the tables that exist. */
type Globals = object;
interface LanguageService {
  globals(tables: readonly { readonly name: string; readonly schema: string }[]): Globals;
  parse(text: string, globals: Globals): Code;
  kindName(kind: number): string;
}

const analyses = new Map<string, Promise<Analysis>>();
const knownGlobals = new Map<string, Globals>();

/** Analyses a query over tables that exist. Each query is analysed once, because that takes some 10 ms. */
export function analyze(query: string, tables: ReadonlyMap<string, Columns>): Promise<Analysis> {
  const schemas = [...tables]
    .filter(([name]) => query.includes(name))
    .map(([name, columns]) => ({ name, schema: schemaOf(columns) }));
  const key = JSON.stringify([schemas, query]);
  const known = analyses.get(key);
  if (known !== undefined) return known;
  const analysis = analyzeQuery(query, schemas);
  analyses.set(key, analysis);
  return analysis;
}

/** @throws Error for a query that is wrong */
export async function checkedQuery(query: string, tables: ReadonlyMap<string, Columns>): Promise<Analysis> {
  const analysis = await analyze(query, tables);
  if (analysis.errors.length > 0) throw new Error(analysis.errors.join('\n'));
  return analysis;
}

async function analyzeQuery(
  query: string,
  schemas: readonly { readonly name: string; readonly schema: string }[],
): Promise<Analysis> {
  const { globals, parse, kindName } = await languageService();
  const key = JSON.stringify(schemas);
  const tables = knownGlobals.get(key) ?? globals(schemas);
  knownGlobals.set(key, tables);
  const code = parse(query, tables);
  const [block] = nodesOf(code.Syntax, kindName);
  return {
    errors: listOf(code.GetDiagnostics()).map(({ Message }) => Message),
    columns: new Map(listOf(code.ResultType?.Columns).map(({ Name, Type }) => [Name, Type.Name])),
    statements: block?.children ?? [],
  };
}

function schemaOf(columns: Columns): string {
  const list = [...columns].map(([name, type]) => `['${name}']: ${type === 'boolean' ? 'bool' : type}`);
  return `(${list.join(', ')})`;
}

/** A node, or the nodes within it if it is only a list, as brackets and separators are. */
function nodesOf(element: SyntaxElement, kindName: (kind: number) => string): Node[] {
  const children: Node[] = [];
  for (let index = 0; index < element.ChildCount; index += 1) {
    const child = element.GetChild(index);
    if (child !== null && !child.IsToken) children.push(...nodesOf(child, kindName));
  }
  const kind = kindName(element.Kind);
  if (lists.has(kind)) return children;
  if (element.SimpleName != null) return [{ kind, value: element.SimpleName, children: [] }];
  return [{ kind, value: plain(element.LiteralValue), children }];
}

/** The value of a literal in JavaScript's own types: a time span in milliseconds. */
function plain(value: unknown): unknown {
  const span = value as { readonly getTotalMilliseconds?: () => number } | null | undefined;
  return span?.getTotalMilliseconds?.() ?? value;
}

const lists = new Set(['List', 'SeparatedElement', 'ExpressionList', 'ParenthesizedExpression']);

function listOf<Item>(list: List<Item> | undefined): Item[] {
  return Array.from({ length: list?.Count ?? 0 }, (_, index) => list?.getItem(index) as Item);
}

let service: Promise<LanguageService> | undefined;

function languageService(): Promise<LanguageService> {
  service ??= load();
  return service;
}

/**
 * The package consists of scripts for a browser that share global variables, so `import` gives nothing. They have a
 * context of their own, so that their globals are not seen elsewhere.
 */
async function load(): Promise<LanguageService> {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@kusto/language-service-next/bridge.min.js'));
  const context = createContext();
  for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js'])
    runInContext(await readFile(join(folder, file), 'utf8'), context, { filename: file });
  return runInContext(
    `({
    globals: tables => Kusto.Language.GlobalState.Default.WithDatabase(
      new Kusto.Language.Symbols.DatabaseSymbol.ctor(
        'workspace',
        tables.map(({ name, schema }) => new Kusto.Language.Symbols.TableSymbol.$ctor7(name, schema, null)),
      ),
    ),
    parse: (text, globals) => Kusto.Language.KustoCode.ParseAndAnalyze(text, globals),
    kindName: kind => System.Enum.toString(Kusto.Language.Syntax.SyntaxKind, kind),
  })`,
    context,
  );
}
