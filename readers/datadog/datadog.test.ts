import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actions, meaningOf } from '../../lambdas/domain/actions.ts';
import type { KitInput } from '../kit.ts';
import { namedActions } from '../testing/arbitrary-actions.ts';
import { checkReader } from '../testing/check-reader.ts';
import { deliveredObjects } from '../testing/objects.ts';
import { expected } from './expected.ts';
import { createKit } from './kit.ts';
import { parsePipeline, processed } from './model/pipeline.ts';
import { parseSearch } from './model/search.ts';
import { model } from './model.ts';

const input: KitInput = {
  accountId: 'acme',
  source: { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
  folder: 'audit/YWNtZQ/',
  compression: 'gzip',
  product: { name: 'Example SaaS', vendor: 'Example' },
  actions: [],
};
const azure: KitInput = {
  ...input,
  source: { type: 'azure', storageAccount: 'acme', container: 'siem', host: 'acme.blob.core.windows.net' },
  compression: 'none',
};

function fileOf(path: string, of: KitInput): string {
  return createKit(of).find(file => file.path === path)?.text ?? '';
}

describe('Datadog', () => {
  checkReader({
    name: 'datadog',
    createKit,
    model,
    expected,
    irrelevant: [
      [/^pipeline\.json: (name|processors\.\d+\.name) /, 'names that Datadog only shows'],
      [/^monitors\.json: \d\.name /, 'names that Datadog only shows'],
      [/^monitors\.json: \d\.message changed$/, 'the end of the message is a placeholder'],
      [/\.Id (changed|removed)$/, 'the bucket makes up an id where none is given'],
      [/\.LambdaFunctionArn changed$/, 'a placeholder'],
      [/^app-settings\.json: 1\.value changed$/, 'a placeholder'],
    ],
  });
});

describe('the pipeline', () => {
  // Few characters, so that rules and actions often match; all that Datadog treats specially.
  it('gives each action the meaning of the first rule that matches it', () => {
    fc.assert(
      fc.property(namedActions, ({ rules, names }) => {
        const pipeline = parsePipeline(fileOf('pipeline.json', { ...input, actions: rules }));
        for (const action of names) {
          const attributes = new Map([['Action', action]]);
          const log = { source: 'siem-export', service: 'siem-export', attributes, message: '', date: '' };
          const made = processed(log, pipeline).attributes;
          expect({ verb: made.get('audit.verb'), outcome: made.get('evt.outcome') }).toEqual(
            meaningOf(action, rules),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each(['exact', 'glob'] as const)(
    'takes a word that is an operator as a word, in a rule of the kind %s',
    kind => {
      const actions: Actions = [{ kind, text: 'OR', verb: 'login', outcome: 'success' }];
      const pipeline = parsePipeline(fileOf('pipeline.json', { ...input, actions }));
      const attributes = new Map([['Action', 'OR']]);
      const log = { source: 'siem-export', service: 'siem-export', attributes, message: '', date: '' };
      expect(processed(log, pipeline).attributes.get('audit.verb')).toBe('login');
    },
  );

  it.each([
    ['an unknown type', '"date-remapper"', '"date-mapper"'],
    ['an unknown member', '"sources"', '"source"'],
  ])('is refused with %s', (_, from, to) => {
    expect(() => parsePipeline(fileOf('pipeline.json', input).replace(from, to))).toThrow();
  });
});

describe('the categories', () => {
  it('have unique names, also if rules of one meaning are apart', () => {
    const actions: Actions = [
      { kind: 'exact', text: 'a', verb: 'read', outcome: 'success' },
      { kind: 'exact', text: 'b', verb: 'read', outcome: 'failure' },
      { kind: 'prefix', text: 'c', verb: 'read', outcome: 'success' },
    ];
    const text = fileOf('pipeline.json', { ...input, actions });
    expect(() => parsePipeline(text)).not.toThrow();
    expect(() => parsePipeline(text.replace('"rule-3"', '"rule-1"'))).toThrow(TypeError);
  });
});

describe('a query', () => {
  it.each(['@evt.name:Sign-in failed', '@evt.name:a:b', '@evt.name:(a OR )', 'evt.name:a', '@evt.name:(a'])(
    'is refused where a special character has no backslash, or a part is missing: %s',
    query => {
      expect(() => parseSearch(query)).toThrow(TypeError);
    },
  );
});

describe('what does not arrive', () => {
  const row = (description: string, date = '2026-11-22T11:00:00.000Z') => ({
    recordedAt: `${date}#1`,
    date,
    email: 'eva@example.com',
    action: 'Signed in',
    actionId: '1',
    description,
    ipAddress: null,
  });

  async function messages(of: KitInput, ...rows: ReturnType<typeof row>[]) {
    const { accountId, compression } = of;
    const objects = await deliveredObjects(
      { accountId, prefix: undefined, compression, emptyWindows: 'file' },
      [rows],
    );
    return (await model.read(createKit(of), of, objects)).map(({ message }) => message);
  }

  it.each([
    ['512,000 bytes, with the forwarder', input, 512_000],
    ['256,000 bytes, with the function for Azure', azure, 256_000],
  ])('is a record of more than %s', async (_, of, limit) => {
    const long = 'a'.repeat(limit - 1000);
    expect(await messages(of, row(long), row('a'.repeat(limit)), row('short'))).toEqual([long, 'short']);
  });

  it('is a record of more than 18 hours ago', async () => {
    const rows = [row('old', '2026-11-21T17:59:59.999Z'), row('new', '2026-11-21T18:00:00.000Z')];
    expect(await messages(input, ...rows)).toEqual(['new']);
  });

  it('is no empty file, with the function for Azure: it makes an event of it', async () => {
    expect(await messages(azure)).toEqual(['']);
    expect(await messages(input)).toEqual([]);
  });
});

describe('a trigger', () => {
  it('takes a folder with a space and braces', () => {
    const folder = 'a {b}/audit/YWNtZQ/';
    expect(fileOf('notification.json', { ...input, folder })).toContain('"a+%7Bb%7D/audit/YWNtZQ/audit_"');
    expect(fileOf('function.json', { ...azure, folder })).toContain('"siem/a {{b}}/audit/YWNtZQ/{name}"');
  });
});
