import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../cli/program.ts';
import { standingJson } from '../../cli/stage/account/shown-standing.ts';
import { type State, standingOf, states } from '../../cli/stage/account/standing.ts';
import { CommandError, errorJson, exitCodes } from '../../cli/terminal/command-error.ts';
import type { Cursor } from '../../lambdas/domain/cursor.ts';
import { ExportError, failureCodes } from '../../lambdas/domain/failure.ts';
import { commandsOf, faultsOf, schemaFile, schemas } from './cli-schemas.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/operator/cli.md'), 'utf8');
const program = createProgram(() => async () => undefined);
// `help` prints text, also with --json.
const commands = [...commandsOf(program).values()].filter(command => command !== 'help');

describe('the schemas of what --json prints', () => {
  test('are one for each command, and one for errors', () => {
    expect([...schemas.keys()].sort()).toEqual([...commands, 'error'].map(schemaFile).sort());
  });

  test.each([...schemas])(
    '%s names itself, requires every key, and is linked by the page',
    (file, schema) => {
      expect(schema.$id).toBe(file);
      expect(schemaFile(schema.title)).toBe(file);
      expect(page).toContain(`(cli/${file})`);
      for (const { properties, required, additionalProperties } of schemasIn(schema)) {
        expect(required).toEqual(properties && Object.keys(properties));
        expect(additionalProperties).toBeUndefined();
      }
    },
  );

  test.each([
    ['failure', Object.keys(failureCodes)],
    ['state', states],
  ])('have every code of a %s, wherever they have one', (_what, codes) => {
    const enums = [...schemas.values()].flatMap(schemasIn).flatMap(schema => [schema.enum ?? []]);
    const found = enums.filter(words => words.includes(codes[0]));
    expect(found.length).toBeGreaterThan(2);
    for (const words of found) expect(words).toEqual(codes);
  });

  test('would not pass with a key missing, unknown, or of another type', () => {
    const details = {
      faults: [{ line: 1, accountId: null, fault: 'expected a JSON object' }],
      warnings: [{ warning: '`plan` is unknown and ignored', lines: [1] }],
      unknown: ['gobex'],
      done: 1,
      secretWritten: 'siem-export/prod/acme',
    };
    const document = errorJson(new CommandError('usage', 'No', { details })) as { readonly error: object };
    expect(document).toEqual({ error: { code: 'usage', message: 'No', ...details } });
    expect(faultsOf('error.schema.json', document)).toEqual([]);
    for (const change of [{ done: undefined }, { surprise: 1 }, { done: '1' }])
      expect(faultsOf('error.schema.json', { error: { ...document.error, ...change } })).not.toEqual([]);
  });
});

/** A schema and all its subschemas. */
function schemasIn(schema: AnySchemaObject): AnySchemaObject[] {
  const { properties = {}, items } = schema;
  const inside: AnySchemaObject[] = [
    ...Object.values<AnySchemaObject>(properties),
    ...(items ? [items] : []),
  ];
  return [schema, ...inside.flatMap(schemasIn)];
}

describe('an account in any state', () => {
  const record = {
    accountId: 'acme',
    timeZone: 'UTC',
    status: 'active',
    destination: { type: 'gcs', bucket: 'acme-audit' },
    secretId: 'siem-export/prod/acme',
  };
  const cursor: Cursor = {
    exportedThrough: 0,
    version: 1,
    lastWrite: 'created',
    attempts: [],
    failures: 0,
  };
  const hour = 3_600_000;
  const lastError = { code: 'bucket_missing', message: 'Gone', at: 0 } as const;
  const standings = [
    standingOf(record, undefined, 0, 0),
    standingOf(record, cursor, hour, 0),
    standingOf(record, cursor, 9 * hour, 0),
    standingOf(record, { ...cursor, failures: 1, lastError }, hour, 0),
    standingOf({ ...record, status: 'paused' }, cursor, hour, 0),
    standingOf(
      { ...record, addOnExpiresAt: '2000-01-01T00:00:00Z' },
      { ...cursor, exportedThrough: Date.UTC(2000) },
      Date.UTC(2001),
      0,
    ),
    standingOf({ ...record, status: 'on' }, cursor, hour, 0),
    standingOf(record, new ExportError('internal', 'The cursor cannot be read'), hour, 0),
    standingOf({ accountId: 'acme' }, undefined, 0, 0),
  ];

  test('is as the schema says', () => {
    expect(new Set(standings.map(({ state }) => state))).toEqual(new Set<State>(states));
    expect(faultsOf('account-list.schema.json', standings.map(standingJson))).toEqual([]);
  });
});

test('the page has every exit code that a command may end with', () => {
  const [codes = ''] = /## Exit codes[\s\S]*?(?=\n## )/.exec(page) ?? [];
  const rows = [...codes.matchAll(/^\| `(\d+)` +\|/gm)].map(([, code]) => Number(code));
  expect(rows).toEqual(Object.values(exitCodes));
});
