import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meaningOf, type Rule, validateActions, verbs } from '../../lambdas/domain/actions.ts';
import actionsFile from '../actions.json' with { type: 'json' };
import type { KitInput, Source } from '../kit.ts';
import { namedActions } from '../testing/arbitrary-actions.ts';
import { checkReader } from '../testing/check-reader.ts';
import { detectionsFor } from './detections.ts';
import { expected } from './expected.ts';
import { createKit } from './kit.ts';
import { model } from './model.ts';
import { asimAuditColumns } from './product/asim-audit-table.ts';
import { analyze } from './product/kusto.ts';
import { type Row, runQuery } from './product/query-rows.ts';
import { faultsOfTransformation } from './product/transformation-subset.ts';
import { streamColumns, transformationsFor } from './transformation.ts';

describe('Microsoft Sentinel', () =>
  checkReader({
    name: 'sentinel',
    createKit,
    model,
    expected,
    irrelevant: [
      [
        /connectorUiConfig\..*(title|publisher|[dD]escription\w*|legend|metricName|columnName|DisplayName|DisplayText) changed$/i,
        'free text that Sentinel shows',
      ],
      [/resources\.[5-7]\.properties\.(displayName|description) changed$/, 'free text that Sentinel shows'],
      [/^bucket-notification\.json: .*\.Id changed$/, 'any name will do'],
      [/^aws\.json: .*(Description|PolicyName) changed$/, 'any text will do'],
    ],
  }));

const s3: Source = { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' };
const input: KitInput = {
  accountId: 'acme',
  source: s3,
  folder: 'audit/YWNtZQ/',
  compression: 'gzip',
  product: { name: 'Example SaaS', vendor: 'Example' },
  actions: validateActions(actionsFile).data ?? [],
};

/** The rows that a file of these records gives. */
function read(given: KitInput, records: readonly object[]) {
  const body = gzipSync(records.map(record => `${JSON.stringify(record)}\n`).join(''));
  const object = { key: `${given.folder}audit_x.json.gz`, contentType: 'application/x-gzip', body };
  return model.read(createKit(given), given, [object]);
}

describe('the rules for actions', () => {
  const stream = new Map([['source', new Map(streamColumns.map(name => [name, 'string']))]]);
  it('give an action the meaning of the first rule that matches it, whatever characters it has', async () => {
    await fc.assert(
      fc.asyncProperty(namedActions, async ({ rules, names }) => {
        const { own } = transformationsFor(rules, input.product);
        const { errors, statements } = await analyze(own, stream);
        expect([...errors, ...faultsOfTransformation(statements)]).toEqual([]);
        const records = names.map(
          Action => new Map(streamColumns.map(name => [name, name === 'Action' ? Action : ''])),
        );
        const rows = runQuery(statements, new Map([['source', records]]));
        expect(rows.map(row => ({ verb: row.get('Verb'), outcome: row.get('Outcome') }))).toEqual(
          names.map(name => meaningOf(name, rules)),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('give each verb its event type, and each outcome its result', async () => {
    const actions = [...verbs, 'x'].map((text, index): Rule => {
      const outcome = (['success', 'failure', 'unknown'] as const)[index % 3] ?? 'unknown';
      return { kind: 'exact', text, verb: verbs[index] ?? 'other', outcome };
    });
    const rows = await read(
      { ...input, actions },
      actions.map(({ text }) => ({ Action: text })),
    );
    const types = rows.flatMap(({ EventSubType, EventType, EventResult }) =>
      EventType === undefined ? [] : [`${EventSubType} ${EventType} ${EventResult}`],
    );
    expect(types).toEqual([
      'login Other Success',
      'logout Other Failure',
      'create Create NA',
      'read Read Success',
      'update Set Failure',
      'delete Delete NA',
      'permission Set Success',
      'other Other Failure',
    ]);
  });

  it('are as many as a transformation has room for, and the README says how many', async () => {
    const actions = Array.from({ length: 2000 }, (_, index): Rule => {
      return { kind: 'exact', text: `Did thing number ${index}`, verb: 'update', outcome: 'success' };
    });
    const given = { ...input, actions };
    const kit = createKit(given);
    expect(await model.faultsOf(kit, given)).toEqual([]);
    const [, count = '0'] = /only the first (\d+) of 2000 rules/.exec(kit[0]?.text ?? '') ?? [];
    const names = [Number(count) - 1, Number(count)].map(index => ({ Action: `Did thing number ${index}` }));
    const rows = await read(given, names);
    expect(rows.flatMap(row => row.Verb ?? [])).toEqual(['update', 'other']);
  });
});

describe('the kit', () => {
  it.each(['Say "hi" \\ {0}', "O'Hara [Cloud]", '[beta]', '日本', '42'])(
    'takes the product name %s',
    async name => {
      const given = { ...input, product: { name, vendor: name } };
      expect(await model.faultsOf(createKit(given), given)).toEqual([]);
      const [, row] = await read(given, [{ Action: 'x' }]);
      expect(row).toMatchObject({ EventProduct: name, EventVendor: name });
    },
  );

  it.each<Source>([
    s3,
    { type: 'azure', storageAccount: 'acme', container: 'siem', host: 'acme.blob.core.windows.net' },
  ])('takes a prefix with special characters, in $type', async source => {
    const given = { ...input, source, folder: `o'hara & söhne/$1 *?+%/\${x}/audit/YWNtZQ/` };
    expect(await model.faultsOf(createKit(given), given)).toEqual([]);
    expect(await read(given, [{ Action: 'x' }])).toHaveLength(2);
  });

  it('keeps a date that cannot be read, and values that are no text', async () => {
    const [row] = await read(input, [{ Date: 'yesterday', Action: 7, 'IP Address': ['10.0.0.1'] }]);
    expect(row).toMatchObject({ Date: 'yesterday', Action: '7', IpAddress: '["10.0.0.1"]' });
    expect(Date.parse(String(row?.TimeGenerated))).toBeGreaterThan(Date.now() - 60_000);
  });

  it('is not made for Google Cloud Storage', () => {
    expect(() => createKit({ ...input, source: { type: 'gcs', bucket: 'acme' } })).toThrow(TypeError);
  });
});

describe('transformations', () => {
  const columns = new Map([['source', new Map([['a', 'string']])]]);

  it.each([
    ['source | summarize count() by a', 'SummarizeOperator'],
    ['source | extend b = coalesce(a, "x")', 'coalesce'],
    ['source | extend b = dynamic([1])', 'DynamicExpression'],
    ['source | extend b = replace_string(a, "x", "y")', 'replace_string'],
    ['source | extend b = a in~ ("x")', 'InCsExpression'],
  ])('may not be %s', async (query, word) => {
    const { errors, statements } = await analyze(query, columns);
    expect(errors).toEqual([]);
    expect(faultsOfTransformation(statements).join()).toContain(word);
  });
});

describe('a detection', () => {
  const queries = detectionsFor(input.product).map(({ id, query }) => [id, query] as const);
  const event = (values: object): Row =>
    new Map(
      Object.entries({
        TimeGenerated: new Date('2026-11-22T08:00:00Z'),
        EventVendor: 'Example',
        EventProduct: 'Example SaaS',
        EventType: 'Other',
        EventSubType: 'other',
        EventResult: 'Success',
        ActorUsername: 'eva@example.com',
        SrcIpAddr: '203.0.113.7',
        Operation: 'x',
        EventMessage: 'x',
        ...values,
      }),
    );
  const failures = (count: number, ActorUsername: string) =>
    Array.from({ length: count }, () =>
      event({ EventSubType: 'login', EventResult: 'Failure', ActorUsername }),
    );
  const deletions = (count: number) => Array.from({ length: count }, () => event({ EventType: 'Delete' }));

  it.each([
    ['failed-logins', [...failures(5, 'eva'), ...failures(4, 'bob')], ['eva']],
    ['mass-deletion', deletions(20), ['eva@example.com']],
    ['mass-deletion', deletions(19), []],
    ['changed-permission', [event({ EventSubType: 'permission', EventType: 'Set' })], ['eva@example.com']],
    ['changed-permission', [event({ EventSubType: 'update', EventType: 'Set' })], []],
    ['changed-permission', [event({ EventSubType: 'permission', EventVendor: 'Other' })], []],
  ])('%s finds the users of its events and no others', async (id, rows, users) => {
    const query = queries.find(([other]) => other === id)?.[1] ?? '';
    const { statements } = await analyze(query, new Map([['ASimAuditEventLogs', asimAuditColumns]]));
    const found = runQuery(statements, new Map([['ASimAuditEventLogs', rows]]));
    expect(found.map(row => row.get('ActorUsername'))).toEqual(users);
  });
});
