import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actions, meaningOf } from '../../lambdas/domain/actions.ts';
import { auditRecord, defaultAttributes } from '../../lambdas/domain/audit-record.ts';
import type { KitInput } from '../kit.ts';
import { namedActions } from '../testing/arbitrary-actions.ts';
import { checkReader } from '../testing/check-reader.ts';
import { expected } from './expected.ts';
import { createKit } from './kit.ts';
import { eventName } from './meanings.ts';
import { extract, parseExtension } from './model/extension.ts';
import { allows, type Policy } from './model/iam.ts';
import { model } from './model.ts';

const input: KitInput = {
  accountId: 'acme',
  source: { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
  folder: 'audit/YWNtZQ/',
  compression: 'gzip',
  product: { name: 'Example SaaS', vendor: 'Example' },
  actions: [],
};

function fileOf(path: string, changes: Partial<KitInput> = {}): string {
  return createKit({ ...input, ...changes }).find(file => file.path === path)?.text ?? '';
}

describe('QRadar', () => {
  checkReader({
    name: 'qradar',
    createKit,
    model,
    expected,
    irrelevant: [
      [/^qids\.sh/, 'qids-script.test.ts runs the program against an imitation of the REST API'],
      [/^logsource\.txt: line \d+ \(Log Source Identifier.* changed$/, 'any unique name will do'],
      [
        /^qids\.json: events\.[34]\.(name|severity) changed$/,
        'no sample row reads or creates; both are free to choose',
      ],
    ],
  });
});

describe('the extension', () => {
  // Few characters, so that rules and actions often match; all that JSON, XML or a regular expression treats specially.
  it('names each event by the meaning of the first rule that matches its action', () => {
    fc.assert(
      fc.property(namedActions, ({ rules, names }) => {
        const extension = parseExtension(fileOf('lsx.xml', { actions: rules }));
        for (const action of names) {
          const row = {
            date: '2026-11-22T08:00:00.000Z',
            email: '","Action":"b',
            action,
            description: '"Action":"a"',
          };
          const { json } = auditRecord(row, defaultAttributes);
          const found = extract(extension, json, JSON.parse(json)).EventName;
          expect(found).toBe(eventName(meaningOf(action, rules)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not take a part of an escape for text', () => {
    const actions: Actions = [{ kind: 'glob', text: '*5', verb: 'read', outcome: 'success' }];
    const extension = parseExtension(fileOf('lsx.xml', { actions }));
    const nameOf = (json: string) => extract(extension, json, JSON.parse(json)).EventName;
    expect(nameOf(String.raw`{"Action":"\u0085"}`)).toBe('other unknown');
    expect(nameOf(String.raw`{"Action":"\u00855"}`)).toBe('read success');
  });

  it('reads the action of a record that is cut off', () => {
    const actions: Actions = [{ kind: 'prefix', text: 'Edited ', verb: 'update', outcome: 'success' }];
    const extension = parseExtension(fileOf('lsx.xml', { actions }));
    const cut =
      '{"Date":"2026-11-22T08:00:00.000Z","Email":null,"Action":"Edited document","Action ID":"1","Descr';
    expect(extract(extension, cut, undefined)).toEqual({
      DeviceTime: '2026-11-22T08:00:00.000Z',
      EventName: 'update success',
    });
  });

  it.each([
    ['a pattern that is used and not declared', 'id="Email"', 'id="Emails"'],
    ['an unknown element', '<json-matcher field="UserName"', '<yaml-matcher field="UserName"'],
    ['an unknown field', 'field="UserName"', 'field="User"'],
    ['a date format that Joda-Time does not know', 'SSSZ', 'SSSX'],
    ['a date format without a time zone', 'SSSZ', "SSS'Z'"],
  ])('is refused with %s', (_, from, to) => {
    expect(() => parseExtension(fileOf('lsx.xml').replace(from, to))).toThrow(TypeError);
  });
});

describe('the policy', () => {
  it('allows the files of a folder whose name has wildcards, and no others', () => {
    const policy: Policy = JSON.parse(fileOf('iam-policy.json', { folder: 'a*b/audit/YWNtZQ/' }));
    const allowed = (key: string) => allows(policy, 's3:GetObject', `arn:aws:s3:::acme-audit/${key}`);
    expect(allowed('a*b/audit/YWNtZQ/audit_1.json.gz')).toBe(true);
    expect(allowed('a/b/audit/YWNtZQ/audit_1.json.gz')).toBe(false);
  });

  it('names the partition of the region', () => {
    const source = { type: 's3', bucket: 'acme-audit', region: 'cn-north-1' } as const;
    expect(fileOf('iam-policy.json', { source })).toContain('arn:aws-cn:s3:::acme-audit');
  });
});

describe('the detections', () => {
  it('name the log source type as AQL writes a text with a quote', () => {
    const product = { name: "Eva's SaaS", vendor: 'Eva' };
    expect(fileOf('detections/failed-logins.aql', { product })).toContain("= 'Eva''s SaaS audit log'");
  });
});
