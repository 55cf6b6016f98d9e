import type { Node } from './kusto.ts';

/** The tabular operators that transformations allow, by Azure Monitor's list of May 2026. */
const operators = new Set([
  'FilterOperator',
  'ExtendOperator',
  'ProjectOperator',
  'ProjectAwayOperator',
  'ProjectRenameOperator',
  'ParseOperator',
  'PrintOperator',
]);

/** The functions that it allows. */
const functions = new Set(
  `binary_and binary_or binary_not binary_shift_left binary_shift_right binary_xor
  tobool todatetime todouble toreal toguid toint tolong tostring totimespan
  ago datetime_add datetime_diff datetime_part dayofmonth dayofweek dayofyear endofday endofmonth endofweek endofyear
  getmonth monthofyear getyear hourofday make_datetime make_timespan now startofday startofmonth startofweek startofyear
  weekofyear array_concat array_length pack pack_array parse_json parse_xml zip
  abs bin floor ceiling exp exp10 exp2 isfinite isinf isnan log log10 log2 pow round sign
  case iif max_of min_of
  base64_encodestring base64_decodestring countof extract extract_all indexof isempty isnotempty replace split strcat
  strcat_delim strlen substring tolower toupper hash_sha256 gettype isnotnull isnull
  parse_cef_dictionary geo_location columnifexists`.split(/\s+/),
);

/** The kinds of expression: names, literals but dynamic ones, and the operators that it allows. */
const expressions = new Set(
  `ExpressionStatement LetStatement PipeExpression SimpleNamedExpression NameDeclaration NameReference
  FunctionCallExpression ElementExpression BracketedExpression
  StringLiteralExpression LongLiteralExpression RealLiteralExpression BooleanLiteralExpression
  EqualExpression NotEqualExpression EqualTildeExpression BangTildeExpression AndExpression OrExpression
  LessThanExpression LessThanOrEqualExpression GreaterThanExpression GreaterThanOrEqualExpression
  AddExpression SubtractExpression MultiplyExpression DivideExpression ModuloExpression
  ContainsExpression NotContainsExpression ContainsCsExpression NotContainsCsExpression
  HasExpression NotHasExpression HasCsExpression NotHasCsExpression
  StartsWithExpression NotStartsWithExpression StartsWithCsExpression NotStartsWithCsExpression
  EndsWithExpression NotEndsWithExpression EndsWithCsExpression NotEndsWithCsExpression
  MatchesRegexExpression InExpression NotInExpression`.split(/\s+/),
);

/** What a data collection rule would refuse in a query that is right in KQL. */
export function faultsOfTransformation(nodes: readonly Node[]): string[] {
  return nodes.flatMap(node => [...faultsOf(node), ...faultsOfTransformation(node.children)]);
}

function faultsOf({ kind, children }: Node): string[] {
  if (kind === 'FunctionCallExpression') {
    const name = String(children[0]?.value);
    return functions.has(name) ? [] : [`Transformations have no function ${name}`];
  }
  return operators.has(kind) || expressions.has(kind) ? [] : [`Transformations have no ${kind}`];
}
