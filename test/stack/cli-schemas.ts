import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Command, CommanderError } from 'commander';
import { expect } from 'vitest';
import { createProgram } from '../../cli/program.ts';
import { exitCodes } from '../../cli/terminal/command-error.ts';

const folder = join(import.meta.dirname, '../../docs/operator/cli');
const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);

/** The schema’s file for a command, named as typed: `account show`. */
export function schemaFile(command: string): string {
  return `${command.replaceAll(' ', '-')}.schema.json`;
}

/** The published schemas, by file. */
export const schemas: ReadonlyMap<string, AnySchemaObject> = new Map(
  readdirSync(folder).map(file => [
    file,
    JSON.parse(readFileSync(join(folder, file), 'utf8')) as AnySchemaObject,
  ]),
);

/** The published schemas, but without additional properties. */
const closed = new Map(
  [...schemas].map(([file, schema]) => [file, ajv.compile({ ...close(schema), $id: `closed-${file}` })]),
);

function close(schema: AnySchemaObject): AnySchemaObject {
  const { properties, items } = schema;
  return {
    ...schema,
    ...(items !== undefined && { items: close(items) }),
    ...(properties !== undefined && {
      additionalProperties: false,
      properties: Object.fromEntries(
        Object.entries<AnySchemaObject>(properties).map(([name, value]) => [name, close(value)]),
      ),
    }),
  };
}

/** How a document violates a schema; empty if it does not. */
export function faultsOf(file: string, document: unknown): unknown {
  const validate = closed.get(file);
  if (validate === undefined) return [`there is no schema ${file}`];
  return validate(document) ? [] : validate.errors;
}

/** Every command with its name as typed. */
export function commandsOf(program: Command, path = ''): Map<Command, string> {
  return new Map(
    program.commands.flatMap(command => {
      const name = `${path}${command.name()}`;
      const deeper = commandsOf(command, `${name} `);
      return deeper.size > 0 ? [...deeper] : [[command, name] as const];
    }),
  );
}

/** The command that commander runs for these words; absent if it refuses them. */
function commandFor(words: readonly string[]): string | undefined {
  let called: unknown;
  const program = createProgram(() => async (...parameters) => {
    called = parameters.at(-1);
  });
  const commands = commandsOf(program);
  const quiet = { writeOut: () => undefined, writeErr: () => undefined };
  for (const command of [program, ...program.commands, ...commands.keys()])
    command.exitOverride().configureOutput(quiet);
  try {
    program.parse(words, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
  }
  return commands.get(called as Command);
}

/** Fails if the output of a command with `--json` violates docs/operator/cli.md. */
export function expectJson(
  words: readonly string[],
  { exitCode, output }: { readonly exitCode: number | null; readonly output: string },
): void {
  // Words after `--` are arguments, not options.
  const options = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  if (!options.includes('--json')) return;
  const command = commandFor(words) ?? 'error';
  const texts = options.includes('--watch') ? output.trimEnd().split('\n') : [output];
  const documents = texts.map(text => JSON.parse(text));
  for (const document of documents) {
    const file = schemaFile('error' in document ? 'error' : command);
    expect({ words, faults: faultsOf(file, document) }).toEqual({ words, faults: [] });
  }
  const code: keyof typeof exitCodes | undefined = documents.at(-1).error?.code;
  const expected = code === undefined ? [exitCodes.ok, exitCodes.problem] : [exitCodes[code]];
  expect(expected).toContain(exitCode);
}
