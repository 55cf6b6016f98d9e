import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actions, meaningOf } from '../../lambdas/domain/actions.ts';
import type { KitInput } from '../kit.ts';
import { namedActions } from '../testing/arbitrary-actions.ts';
import { checkReader } from '../testing/check-reader.ts';
import { expected } from './expected.ts';
import { createKit } from './kit.ts';
import { runCbn } from './model/cbn-interpreter.ts';
import { parseCbn } from './model/cbn-syntax.ts';
import { faultsOfEvent, type UdmEvent, valuesAt } from './model/udm-schema.ts';
import { model } from './model.ts';
import { logType } from './names.ts';
import { eventTypes, resultActions } from './udm.ts';

describe('Google SecOps', () =>
  checkReader({
    name: 'secops',
    createKit,
    model,
    expected,
    irrelevant: [
      [/feed\.json: displayName changed$/, 'a name for people'],
      [/\((author|description) = .*\) changed$/, 'text for people'],
      [/\(on_error => "(no_\w+|\w+_is_text)"\) changed$/, 'the name of a flag that nothing reads'],
    ],
  }));

const input: KitInput = {
  accountId: 'acme',
  source: { type: 'gcs', bucket: 'acme-audit' },
  folder: 'audit/YWNtZQ/',
  compression: 'gzip',
  product: { name: 'Example SaaS', vendor: 'Example' },
  actions: [],
};

function parse(record: object, actions: Actions = [], product = input.product): readonly UdmEvent[] {
  const conf = createKit({ ...input, actions, product }).find(({ path }) => path === 'cbn/siem_export.conf');
  return runCbn(parseCbn(conf?.text ?? ''), JSON.stringify(record), 'failing');
}

const record = {
  Date: '2026-11-22T08:00:01.120Z',
  Email: 'eva@example.com',
  Action: 'Signed in',
  'Action ID': 'signin_1',
  Description: 'Eva signed in',
  'IP Address': '203.0.113.7',
};

describe('the parser', () => {
  it('gives each action the meaning of the first rule that matches, whatever characters it has', () => {
    fc.assert(
      fc.property(namedActions, fc.nat(), ({ rules: actions, names }, choice) => {
        const name = names[choice % names.length] ?? '';
        const [event = {}] = parse({ ...record, Action: name }, actions);
        const { verb, outcome } = meaningOf(name, actions);
        expect(valuesAt(event, 'metadata.event_type')).toEqual([eventTypes[verb]]);
        expect(valuesAt(event, 'security_result.action')).toEqual(
          outcome === 'unknown' ? [] : [resultActions[outcome]],
        );
        expect(valuesAt(event, 'metadata.product_event_type')).toEqual([name]);
        expect(faultsOfEvent(event)).toEqual([]);
      }),
    );
  });

  it('leaves the keys in a value as they are', () => {
    const Description = '{"Action ID":1,"IP Address":null}, "Action ID":';
    const [event = {}] = parse({ ...record, Description });
    expect(valuesAt(event, 'metadata.description')).toEqual([Description]);
    expect(valuesAt(event, 'metadata.product_log_id')).toEqual(['signin_1']);
  });

  it('drops what is no JSON', () => {
    const conf = createKit(input).find(({ path }) => path === 'cbn/siem_export.conf');
    expect(runCbn(parseCbn(conf?.text ?? ''), 'no JSON', 'failing')).toEqual([]);
  });

  it.each(['Date', 'Email', 'Action', 'Action ID', 'Description', 'IP Address'])(
    'makes an event of a record whose %s is null, absent, a number or an object',
    key => {
      for (const value of [null, undefined, 42, { nested: true }, ''])
        expect(parse({ ...record, [key]: value })).toHaveLength(1);
    },
  );

  it.each([
    { name: 'Quote " and \\ backslash', vendor: "O'Hara\\" },
    { name: '%{message}', vendor: '# 株式会社' },
  ])('takes any product, such as $name', product => {
    const [event = {}] = parse(record, [], product);
    expect(valuesAt(event, 'metadata.vendor_name')).toEqual([product.vendor]);
    expect(valuesAt(event, 'target.application')).toEqual([product.name.replace('%{', '{')]);
  });
});

describe('the feed', () => {
  const object = (key: string, ...logs: object[]) => ({
    key,
    contentType: 'application/x-gzip',
    body: gzipSync(logs.map(log => `${JSON.stringify(log)}\n`).join('')),
  });

  it('reads the files of the account and no others', async () => {
    const objects = [
      object('audit/YWNtZQ/audit_YWNtZQ_20261122T120000Z.json.gz', record),
      object('audit/YWNtZQx/audit_YWNtZQx_20261122T120000Z.json.gz', record),
      object('proof/YWNtZQ/proof_YWNtZQ_0000000001.dsse.json', record),
    ];
    expect(await model.read(createKit(input), input, objects)).toHaveLength(1);
  });

  it('leaves out a line of more than 4 MB, and reads on', async () => {
    const long = { ...record, Description: 'x'.repeat(4 * 1024 * 1024) };
    const objects = [object('audit/YWNtZQ/audit_YWNtZQ_20261122T120000Z.json.gz', long, record)];
    expect(await model.read(createKit(input), input, objects)).toHaveLength(1);
  });
});

it.each([
  ['Example SaaS', 'EXAMPLE_SAAS_AUDIT_CUSTOM'],
  ['Büro-Manager 2', 'BURO_MANAGER_2_AUDIT_CUSTOM'],
  ['7 Tasks', 'SAAS_7_TASKS_AUDIT_CUSTOM'],
  ['株式会社', 'SIEM_EXPORT_AUDIT_CUSTOM'],
])('names the log type of %s %s', (name, expectedName) => {
  expect(logType({ name, vendor: 'Example' })).toBe(expectedName);
});

it('has good files for any actions and product', async () => {
  const actions: Actions = [
    { kind: 'glob', text: '*"deleted\\*', verb: 'delete', outcome: 'unknown' },
    { kind: 'prefix', text: 'Login (', verb: 'login', outcome: 'failure' },
  ];
  const product = { name: 'Example %{SaaS} "2"', vendor: 'Ex\\ample' };
  const changed = { ...input, actions, product };
  expect(await model.faultsOf(createKit(changed), changed)).toEqual([]);
});
