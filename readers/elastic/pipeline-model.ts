import { type Actions, verbs } from '../../lambdas/domain/actions.ts';
import { type Fields, IngestDocument, isFields } from './ingest-document.ts';
import { compileCondition, compilePainless } from './painless.ts';
import { processors } from './processors.ts';

/** One entry of a pipeline's list: the processor's name and its settings. */
interface Step {
  readonly name: string;
  readonly options: Fields;
}

/** What every processor takes besides its own options. */
const commonOptions: Readonly<Record<string, (value: unknown) => boolean>> = {
  description: value => typeof value === 'string',
  if: value => typeof value === 'string',
  ignore_failure: value => typeof value === 'boolean',
  on_failure: value => Array.isArray(value) && value.length > 0,
};

/** The document after the pipeline. @throws Error if a failure is handled by nothing: then the event is lost */
export function runPipeline(pipeline: Fields, ctx: Fields, timestamp: string): Fields {
  const document = new IngestDocument(ctx);
  const metadata: Fields = { timestamp };
  try {
    runSteps(stepsOf(pipeline.processors), document, metadata);
  } catch (error) {
    if (pipeline.on_failure === undefined) throw error;
    metadata.on_failure_message = messageOf(error);
    runSteps(stepsOf(pipeline.on_failure), document, metadata);
  }
  return document.ctx;
}

function runSteps(steps: readonly Step[], document: IngestDocument, metadata: Fields): void {
  for (const { name, options } of steps) {
    const { if: condition, on_failure, ignore_failure } = options;
    try {
      if (condition !== undefined && !compileCondition(String(condition))(document.ctx)) continue;
      processors[name]?.run(document, options, metadata);
    } catch (error) {
      if (ignore_failure === true) continue;
      if (on_failure === undefined) throw error;
      metadata.on_failure_message = messageOf(error);
      runSteps(stepsOf(on_failure), document, metadata);
    }
  }
}

/** What Elasticsearch would refuse when the pipeline is created, and rules that are not the vendor's. */
export function faultsOfPipeline(pipeline: Fields, actions: Actions): string[] {
  const unknown = Object.keys(pipeline).filter(
    key => !['description', 'processors', 'on_failure'].includes(key),
  );
  return [
    ...unknown.map(key => `pipeline.json: unknown key ${key}`),
    ...(['processors', 'on_failure'] as const).flatMap(list =>
      Array.isArray(pipeline[list]) && pipeline[list].length > 0
        ? faultsOfSteps(pipeline[list], list)
        : [`pipeline.json: expected a list ${list}`],
    ),
    ...faultsOfMeanings(pipeline, actions),
  ];
}

function faultsOfSteps(list: unknown, place: string): string[] {
  if (!Array.isArray(list)) return [`${place}: expected a list`];
  return list.flatMap((entry: unknown, index) => {
    const at = `${place}.${index}`;
    const names = isFields(entry) ? Object.keys(entry) : [];
    const [name = ''] = names;
    const processor = processors[name];
    const options = isFields(entry) ? entry[name] : undefined;
    if (names.length !== 1 || processor === undefined || !isFields(options))
      return [`${at}: expected one processor`];
    return [
      ...Object.entries(options).flatMap(([option, value]) => {
        const accepts = processor.options[option]?.accepts ?? commonOptions[option];
        return accepts?.(value) ? [] : [`${at}.${name}: ${option} is unknown or has a wrong value`];
      }),
      ...Object.entries(processor.options)
        .filter(([option, { required }]) => required && options[option] === undefined)
        .map(([option]) => `${at}.${name}: expected ${option}`),
      ...(options.on_failure === undefined ? [] : faultsOfSteps(options.on_failure, `${at}.on_failure`)),
      ...faultsOfCode(options, at),
    ];
  });
}

function faultsOfCode({ if: condition, source }: Fields, at: string): string[] {
  try {
    if (typeof condition === 'string') compileCondition(condition);
    if (typeof source === 'string') compilePainless(source);
    return [];
  } catch (error) {
    return [`${at}: ${messageOf(error)}`];
  }
}

/** The types that ECS expects in each category that the kit uses. */
const ecsTypes: Readonly<Record<string, readonly string[]>> = {
  authentication: ['start', 'end', 'info'],
  configuration: ['access', 'change', 'creation', 'deletion', 'info'],
  iam: ['admin', 'change', 'creation', 'deletion', 'group', 'info', 'user'],
};

/** Sample events use few rules and verbs, so all of them are compared here. */
function faultsOfMeanings(pipeline: Fields, actions: Actions): string[] {
  const script = stepsOf(pipeline.processors).find(({ name }) => name === 'script');
  const { rules, verbs: meanings } = isFields(script?.options.params) ? script.options.params : {};
  if (!Array.isArray(rules) || !isFields(meanings)) return ['pipeline.json: expected params.rules and verbs'];
  const expected = actions.map(({ kind, text, verb, outcome }) => ({
    [kind]: text,
    verb,
    ...(outcome === 'unknown' ? {} : { outcome }),
  }));
  return [
    ...(JSON.stringify(rules) === JSON.stringify(expected)
      ? []
      : ['pipeline.json: rules are not the vendor’s']),
    ...[...verbs, 'other'].flatMap(verb => {
      const { category, type, ...others } = isFields(meanings[verb]) ? meanings[verb] : {};
      const known = ecsTypes[String(category)]?.includes(String(type)) && Object.keys(others).length === 0;
      return known ? [] : [`pipeline.json: ECS has no event.type ${type} in category ${category}`];
    }),
  ];
}

/** The fields that a pipeline writes, with those for failures. */
export function writtenFields(pipeline: Fields): Set<string> {
  const steps = [...stepsOf(pipeline.processors), ...stepsOf(pipeline.on_failure)];
  const nested = steps.flatMap(({ options }) => stepsOf(options.on_failure));
  return new Set(
    [...steps, ...nested]
      .flatMap(({ name, options: { field, target_field, source } }) => {
        if (name === 'remove') return [];
        if (name === 'date') return ['@timestamp'];
        if (name === 'script')
          return [...String(source).matchAll(/^ctx\.([\w.]+) = /gm)].map(([, path = '']) => path);
        return [String(target_field ?? field)];
      })
      .filter(field => field !== 'tmp'),
  );
}

function stepsOf(list: unknown): Step[] {
  return (Array.isArray(list) ? list : []).flatMap((entry: unknown) =>
    Object.entries(isFields(entry) ? entry : {}).map(([name, options]) => ({
      name,
      options: isFields(options) ? options : {},
    })),
  );
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
