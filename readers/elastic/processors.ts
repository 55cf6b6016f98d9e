import { isIP } from 'node:net';
import { type Fields, type IngestDocument, isFields, reference, rendered } from './ingest-document.ts';
import { compilePainless } from './painless.ts';

/** An option of a processor: whether it may be left out, and what its value must be. */
interface Option {
  readonly required: boolean;
  readonly accepts: (value: unknown) => boolean;
}

interface Processor {
  readonly options: Readonly<Record<string, Option>>;
  /** @throws Error if the processor fails; then its `on_failure` or `ignore_failure` decides */
  run(document: IngestDocument, options: Fields, metadata: Fields): void;
}

const required = (accepts: Option['accepts']): Option => ({ required: true, accepts });
const optional = (accepts: Option['accepts']): Option => ({ required: false, accepts });

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isPath = (value: unknown) => isText(value) && !value.includes('{{');
const isBoolean = (value: unknown) => typeof value === 'boolean';

/** Other braces than three around a path would be escaped as HTML, or refused. */
const isTemplate = (value: unknown) => isText(value) && !value.replaceAll(reference, '').includes('{{');

/** How the ingest processors of Elasticsearch 8 and 9 work, as far as the kit uses them. */
export const processors: Readonly<Record<string, Processor>> = {
  set: {
    options: {
      field: required(isPath),
      value: optional(isTemplate),
      copy_from: optional(isPath),
    },
    run(document, { field, value, copy_from }, metadata) {
      if ((value === undefined) === (copy_from === undefined))
        throw new Error('set takes value or copy_from');
      document.set(
        String(field),
        copy_from === undefined
          ? rendered(String(value), document, metadata)
          : document.get(String(copy_from)),
      );
    },
  },
  rename: {
    options: { field: required(isPath), target_field: required(isPath) },
    run(document, { field, target_field }) {
      const value = document.get(String(field));
      if (document.has(String(target_field))) throw new Error(`field [${target_field}] already exists`);
      document.remove(String(field));
      document.set(String(target_field), value);
    },
  },
  json: {
    options: { field: required(isPath), target_field: required(isPath) },
    run(document, { field, target_field }) {
      document.set(String(target_field), JSON.parse(String(document.get(String(field)))));
    },
  },
  date: {
    options: {
      field: required(isPath),
      formats: required(value => Array.isArray(value) && value.length === 1 && value[0] === 'ISO8601'),
    },
    run(document, { field }) {
      const value = document.get(String(field));
      if (!iso8601.test(String(value))) throw new Error(`unable to parse date [${value}]`);
      document.set('@timestamp', new Date(String(value)).toISOString());
    },
  },
  convert: {
    options: {
      field: required(isPath),
      target_field: required(isPath),
      type: required(value => value === 'string' || value === 'ip'),
      ignore_missing: optional(isBoolean),
    },
    run(document, { field, target_field, type, ignore_missing }) {
      const value = document.has(String(field)) ? document.get(String(field)) : null;
      if (value === null && ignore_missing === true) return;
      if (value === null) throw new Error(`Field [${field}] is null or missing`);
      const convert = type === 'ip' ? toIp : toText;
      document.set(String(target_field), Array.isArray(value) ? value.map(convert) : convert(value));
    },
  },
  append: {
    options: {
      field: required(isPath),
      value: required(value => Array.isArray(value) && value.length > 0 && value.every(isTemplate)),
    },
    run(document, { field, value }, metadata) {
      const before = document.has(String(field)) ? document.get(String(field)) : [];
      const list = Array.isArray(before) ? before : [before];
      const added = Array.isArray(value) ? value : [value];
      document.set(String(field), [
        ...list,
        ...added.map(template => rendered(String(template), document, metadata)),
      ]);
    },
  },
  script: {
    options: {
      source: required(isText),
      params: optional(isFields),
    },
    run(document, { source, params }) {
      compilePainless(String(source))(document.ctx, params);
    },
  },
  remove: {
    options: { field: required(isPath), ignore_missing: optional(isBoolean) },
    run(document, { field, ignore_missing }) {
      if (document.has(String(field)) || ignore_missing !== true) document.remove(String(field));
    },
  },
};

/** The form that an export writes; Elasticsearch takes more. */
const iso8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function toIp(value: unknown): string {
  if (isIP(String(value)) === 0) throw new Error(`[${value}] is not a valid ip address`);
  return String(value);
}

/** @throws TypeError for null, which only a list can have here */
function toText(value: unknown): string {
  if (value === null) throw new TypeError('null cannot be converted');
  return javaText(value);
}

/** `toString()` of what Elasticsearch makes from JSON. */
function javaText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (isFields(value))
    return `{${Object.entries(value)
      .map(([name, member]) => `${name}=${javaText(member)}`)
      .join(', ')}}`;
  return String(value);
}
