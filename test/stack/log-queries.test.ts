import { describe, expect, test } from 'vitest';
import { savedQueries } from '../../lib/log-queries.ts';
import { synthesize } from './synthesis.ts';
import { resourcesOf } from './template-reading.ts';
import { writtenLines } from './written-telemetry.ts';

const template = synthesize();
const deployed = Object.values(
  resourcesOf<{ Name: string; QueryString: string; LogGroupNames: readonly unknown[] }>(
    template,
    'AWS::Logs::QueryDefinition',
  ),
);

/** Words of the query language, and names that a query defines with `as`. */
const language = new Set(
  'fields filter stats sort limit by as desc in or like count max sum latest bin REPORT'.split(' '),
);

describe('the saved queries', () => {
  test('are in the stack under the name of the stage, over the logs of the functions', () => {
    expect(deployed.map(({ Name }) => Name).sort()).toEqual(
      Object.keys(savedQueries)
        .map(name => `siem-export-dev/${name}`)
        .sort(),
    );
    for (const { LogGroupNames } of deployed) expect(LogGroupNames.length).toBeGreaterThan(0);
  });

  test.each(Object.entries(savedQueries))('%s asks for fields that the functions write', (_, { lines }) => {
    const query = lines.join(' | ');
    const aliases = new Set([...query.matchAll(/ as (\w+)/g)].map(([, alias]) => alias));
    const asked = [...withoutLiterals(query).matchAll(/(?<![@\w.])[a-zA-Z]\w*/g)].map(([word]) => word);
    const written = new Set(writtenLines().flatMap(Object.keys));
    for (const word of asked)
      if (!language.has(word) && !aliases.has(word)) expect([...written]).toContain(word);
  });

  test('look for messages that the functions write', () => {
    const messages = new Set(writtenLines().map(({ message }) => message));
    const wanted = Object.values(savedQueries)
      .flatMap(({ lines }) => lines.filter(line => line.includes('message ')))
      .flatMap(line => [...line.matchAll(/message (?:=|in) (\[.*?\]|".*?")/g)])
      .flatMap(([, literal = '']) => [...literal.matchAll(/"(.*?)"/g)])
      .map(([, message]) => message);
    expect(wanted.length).toBeGreaterThan(5);
    for (const message of wanted) expect([...messages]).toContain(message);
  });
});

function withoutLiterals(query: string): string {
  return query.replaceAll(/"[^"]*"|\/[^/]*\/|bin\(1h\)/g, '').replaceAll(/\.\w+/g, '');
}
