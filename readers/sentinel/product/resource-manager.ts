import { createHash } from 'node:crypto';
import * as z from 'zod';

/** A resource that a template makes, with every expression replaced by its value. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly content: Readonly<Record<string, unknown>>;
}

/** The region that all resources of the example deployment stand in. */
export const region = 'region of the resource group';

const version = z.string().regex(/^\d+(\.\d+){3}$/);
const schemaBase = 'https://schema.management.azure.com/schemas/2019-04-01';
const templateShape = z.strictObject({
  $schema: z.literal(`${schemaBase}/deploymentTemplate.json#`),
  contentVersion: version,
  parameters: z.record(
    z.string(),
    z.strictObject({ type: z.literal('string'), defaultValue: z.string().optional() }),
  ),
  resources: z.array(
    z.looseObject({ type: z.string(), name: z.string(), dependsOn: z.array(z.string()).optional() }),
  ),
});
const parametersShape = z.strictObject({
  $schema: z.literal(`${schemaBase}/deploymentParameters.json#`),
  contentVersion: version,
  parameters: z.record(z.string(), z.strictObject({ value: z.string() })),
});

/**
 * Evaluates a template as Azure Resource Manager does.
 *
 * @throws Error for what it refuses
 */
export function deploy(templateText: string, parametersText: string): Resource[] {
  const template = templateShape.parse(JSON.parse(templateText));
  const { parameters: given } = parametersShape.parse(JSON.parse(parametersText));
  for (const name of Object.keys(given))
    if (template.parameters[name] === undefined) throw new Error(`The template has no parameter ${name}`);
  const context: Context = { parameters: new Map(), references: new Set() };
  for (const [name, { defaultValue }] of Object.entries(template.parameters)) {
    const value = given[name]?.value ?? defaultValue;
    if (value === undefined) throw new Error(`The parameter ${name} has no value`);
    context.parameters.set(name, String(evaluated(value, context)));
  }
  const resources = template.resources.map((resource): Resource => {
    const { dependsOn = [], ...content } = evaluated(resource, context) as typeof resource;
    const { type, name } = content;
    for (const part of name.split('/'))
      if (!/^[A-Za-z0-9][\w.-]*$/.test(part)) throw new Error(`${name} is no name of a resource`);
    return { id: resourceId(type, name.split('/')), type, name, dependsOn, content };
  });
  const ids = new Set(resources.map(({ id }) => id));
  const named = [...resources.flatMap(({ dependsOn }) => dependsOn), ...context.references];
  const missing = named.filter(id => !ids.has(id));
  if (missing.length > 0) throw new Error(`The template does not make ${missing.join(', ')}`);
  return resources;
}

interface Context {
  readonly parameters: Map<string, string>;
  /** The ids of the resources whose properties are used. */
  readonly references: Set<string>;
}

export function resourceId(type: string, names: readonly string[]): string {
  const [namespace, ...types] = type.split('/');
  if (types.length !== names.length) throw new Error(`${type} needs ${types.length} names`);
  return `/${namespace}/${types.map((part, index) => `${part}/${names[index]}`).join('/')}`;
}

function evaluated(value: unknown, context: Context): unknown {
  if (Array.isArray(value)) return value.map(element => evaluated(element, context));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, evaluated(member, context)]),
    );
  if (typeof value !== 'string' || !value.startsWith('[')) return value;
  if (value.startsWith('[[')) return value.slice(1);
  return value.endsWith(']') ? evaluateExpression(value.slice(1, -1), context) : value;
}

const token = /\s*('(?:[^']|'')*'|[A-Za-z]\w*|[().,])/y;

function evaluateExpression(text: string, context: Context): unknown {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const found = token.exec(text)?.[1];
    if (found === undefined) throw new Error(`${text} is no expression`);
    tokens.push(found);
  }
  const result = expression();
  if (tokens.length > 0) throw new Error(`${text} is no expression`);
  return result;

  function expression(): unknown {
    const first = take();
    if (first.startsWith("'")) return first.slice(1, -1).replaceAll("''", "'");
    take('(');
    const values: unknown[] = [];
    while (!follows(')')) {
      values.push(expression());
      if (!follows(')')) take(',');
    }
    take(')');
    let result = call(first, values.map(String), context);
    while (follows('.')) {
      take('.');
      result = z.record(z.string(), z.unknown()).parse(result)[take()];
      if (result === undefined) throw new Error(`${text} names a property that does not exist`);
    }
    return result;
  }
  function follows(expected: string): boolean {
    return tokens[0] === expected;
  }
  function take(expected?: string): string {
    const next = tokens.shift();
    if (next === undefined || (expected ?? next) !== next) throw new Error(`${text} is no expression`);
    return next;
  }
}

function call(name: string, values: readonly string[], context: Context): unknown {
  const [first = '', ...more] = values;
  switch (name) {
    case 'parameters': {
      const value = context.parameters.get(first);
      if (value === undefined) throw new Error(`There is no parameter ${first}`);
      return value;
    }
    case 'concat':
      return values.join('');
    case 'resourceId':
      return resourceId(first, more);
    case 'resourceGroup':
      return { location: region };
    case 'guid':
      return createHash('sha256').update(values.join('-')).digest('hex').slice(0, 32);
    case 'reference':
      if (more[0] !== '2022-06-01') throw new Error(`${first} has no version ${more[0]}`);
      context.references.add(first);
      return {
        immutableId: `<immutable id of ${first}>`,
        logsIngestion: { endpoint: `<endpoint of ${first}>` },
      };
    default:
      throw new Error(`There is no function ${name}`);
  }
}
