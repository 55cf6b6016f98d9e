import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actions, meaningOf, validateActions } from '../../lambdas/domain/actions.ts';
import { accountFolder } from '../../lambdas/domain/object-key.ts';
import type { KitInput } from '../kit.ts';
import { namedActions } from '../testing/arbitrary-actions.ts';
import { checkReader } from '../testing/check-reader.ts';
import { deliveredObjects } from '../testing/objects.ts';
import { sampleRows } from '../testing/rows.ts';
import { expected } from './expected.ts';
import { createKit } from './kit.ts';
import { googlePiece } from './model/delivery.ts';
import { actionReader, normalised } from './model/field-faults.ts';
import { fileText } from './model/files.ts';
import { model } from './model.ts';

describe('Splunk', () =>
  checkReader({
    name: 'splunk',
    createKit,
    model,
    expected,
    irrelevant: [
      [/conf: line \d+ \((label|author|description) = .* changed$/, 'free text that only people read'],
      [/notification\.json: .*\.Id changed$/, 'any id that the bucket does not have does'],
    ],
  }));

const input: KitInput = {
  accountId: 'acme',
  source: { type: 'gcs', bucket: 'acme-audit' },
  folder: accountFolder(undefined, 'acme'),
  compression: 'none',
  product: { name: 'Example SaaS', vendor: 'Example' },
  actions: [],
};

function rulesOf(...rules: readonly object[]): Actions {
  const { data, faults } = validateActions({ rules });
  if (data === undefined) throw new TypeError(faults.join('\n'));
  return data;
}

function reading(actions: Actions) {
  return actionReader(createKit({ ...input, actions }));
}

describe('the lookup of actions in Splunk', () => {
  it('takes the first rule that matches', () => {
    const read = reading(
      rulesOf(
        { glob: 'Changed *role*', verb: 'permission', outcome: 'success' },
        { prefix: 'Changed ', verb: 'update' },
      ),
    );
    expect(read('Changed the role of Eva')).toEqual({
      verb: 'permission',
      action: 'acl_modified',
      status: 'success',
    });
    expect(read('Changed title')).toEqual({ verb: 'update', action: 'modified', status: 'unknown' });
    expect(read('changed title')).toEqual({});
  });

  it.each([
    ['an asterisk', 'Rated *****', 'Rated of all kinds *'],
    ['a backslash', String.raw`Opened C:\new`, 'Opened C:new'],
    ['a sign that stands for another', 'Set 100%2A', 'Set 100*'],
    ['a quote and a comma', 'Said "hello", twice', 'Said hello, twice'],
    ['characters of expressions', 'Ran f(x) [y]+ {z}? ^$|', 'Ran fx y'],
    ['a space at the end', 'Viewed ', 'Viewed'],
  ])('takes %s in a whole action as it is', (_, action, other) => {
    const read = reading(rulesOf({ exact: action, verb: 'read', outcome: 'success' }));
    expect(read(action)).toEqual({ verb: 'read', action: 'read', status: 'success' });
    expect(read(other)).toEqual({});
  });

  it('leaves out a rule for one action that an earlier rule matches', () => {
    const actions = rulesOf({ prefix: 'Viewed ', verb: 'read' }, { glob: 'Viewed page', verb: 'update' });
    const csv = createKit({ ...input, actions }).find(({ path }) => path.endsWith('actions.csv'))?.text;
    expect(csv).toBe('pattern,verb,action,status\n"Viewed *",read,read,unknown\n');
  });

  it('gives every action the meaning of the rules', () => {
    fc.assert(
      fc.property(namedActions, ({ rules, names }) => {
        const read = reading(rules);
        for (const name of names) expect(read(name)).toEqual(normalised(meaningOf(name, rules)));
      }),
      { numRuns: 300 },
    );
  });
});

describe('the settings of the source type', () => {
  it('quote the name of the product', async () => {
    const product = { name: String.raw`Say "hi" \o/`, vendor: 'Greeters, Inc.' };
    const [object] = await objectsOf('none');
    const [event] = await model.read(createKit({ ...input, product }), input, object ? [object] : []);
    expect(event).toMatchObject({
      app: String.raw`Say "hi" \o/`,
      vendor_product: String.raw`Greeters, Inc. Say "hi" \o/`,
    });
  });
});

describe('the input for Google Cloud Storage', () => {
  const kit = createKit(input);

  it('makes no events of a packed file', async () => {
    const events = await model.read(kit, input, await objectsOf('gzip'));
    expect(events).toEqual([]);
  });

  it('loses the rest of a file from a piece that ends inside a character', async () => {
    const line = (description: string) =>
      `{"Date":"2026-11-22T08:00:01.120Z","Email":null,"Action":"A","Action ID":"1","Description":"${description}","IP Address":null}\n`;
    const before = line('x'.repeat(googlePiece - line('').length - line('').indexOf('","IP') - 1));
    const body = Buffer.from(`${before}${line('ü')}${line('after')}`);
    const key = `${input.folder}audit_YWNtZQ_20261122T120000Z.json`;
    const broken = await model.read(kit, input, [{ key, contentType: 'application/x-ndjson', body }]);
    expect(broken).toEqual([]);
    const ascii = Buffer.from(`${before}${line('u')}${line('after')}`);
    const whole = await model.read(kit, input, [{ key, contentType: 'application/x-ndjson', body: ascii }]);
    expect(whole).toHaveLength(3);
  });

  it('does not see the files of proofs and of tests', async () => {
    const [object] = await objectsOf('none');
    const others = ['proof/YWNtZQ/proof_YWNtZQ_1.dsse.json', 'audit/YWNtZQ/_verify_0.txt'];
    const objects = others.flatMap(key => (object ? [{ ...object, key }] : []));
    expect(await model.read(kit, input, objects)).toEqual([]);
  });
});

describe('a folder with characters that mean something elsewhere', () => {
  const folder = accountFolder(`it's $HOME*`, 'acme');
  const key = `${folder}audit_YWNtZQ_20261122T120000Z.json`;

  it.each<KitInput['source']>([
    { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
    { type: 'gcs', bucket: 'acme-audit' },
    { type: 'azure', storageAccount: 'acme', container: 'logs', host: 'acme.blob.core.windows.net' },
  ])('is the folder that the input reads in $type', async source => {
    const odd = { ...input, source, folder };
    const [object] = await objectsOf('none');
    const events = await model.read(createKit(odd), odd, object ? [{ ...object, key }] : []);
    expect(events).toHaveLength(4);
  });

  it('is no wildcard in the role’s policy', () => {
    const kit = createKit({
      ...input,
      folder,
      source: { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
    });
    expect(JSON.parse(fileText(kit, 'aws/queue.template.json'))).toHaveProperty(
      'Resources.SplunkRole.Properties.Policies.0.PolicyDocument.Statement.0.Resource.Fn::Join.1.2',
      `:s3:::acme-audit/it's \${$}HOME\${*}/audit/YWNtZQ/*`,
    );
  });
});

describe('the input for Azure Blob Storage', () => {
  it('finds no records in a zip', async () => {
    const azure: KitInput = {
      ...input,
      source: {
        type: 'azure',
        storageAccount: 'acme',
        container: 'logs',
        host: 'acme.blob.core.windows.net',
      },
    };
    const events = await model.read(createKit(azure), azure, await objectsOf('zip'));
    expect(events.filter(event => event._time !== undefined)).toEqual([]);
  });
});

function objectsOf(compression: KitInput['compression']) {
  return deliveredObjects({ accountId: 'acme', prefix: undefined, compression, emptyWindows: 'file' }, [
    sampleRows.slice(0, 4),
  ]);
}
