import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actions, type Meaning, meaningOf, verbs } from '../../lambdas/domain/actions.ts';
import { accountFolder } from '../../lambdas/domain/object-key.ts';
import type { Kit, KitInput } from '../kit.ts';
import type { ReaderEvent, StoredObject } from '../model.ts';
import { namedActions } from '../testing/arbitrary-actions.ts';
import { checkReader } from '../testing/check-reader.ts';
import { mutantsOf } from '../testing/mutants.ts';
import { alertsOf, rulesOf } from './detections-model.ts';
import { expected } from './expected.ts';
import { createKit } from './kit.ts';
import { model } from './model.ts';

describe('the kit for Elastic', () => {
  checkReader({
    name: 'elastic',
    createKit,
    model,
    expected,
    irrelevant: [
      [/: (description|Description|Resources\.ReaderPolicy\.Properties\.Description) /, 'free text'],
      [/processors\.\d+\.\w+\.description /, 'free text'],
      [/priority changed/, 'any priority above 100 does'],
      [/notification\.json: QueueConfigurations\.0\.Id changed/, 'any id that the bucket does not have does'],
      [/batch_size.* changed/, 'any size of a page gives the same files'],
    ],
  });
});

const input: KitInput = {
  accountId: 'acme',
  source: { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
  folder: accountFolder(undefined, 'acme'),
  compression: 'gzip',
  product: { name: 'Example SaaS', vendor: 'Example' },
  actions: [],
};

const gcs: KitInput = { ...input, source: { type: 'gcs', bucket: 'acme-audit' } };

const azure: KitInput = {
  ...input,
  source: {
    type: 'azure',
    storageAccount: 'acmeaudit',
    container: 'siem',
    host: 'acmeaudit.blob.core.windows.net',
  },
};

const record = {
  Date: '2026-11-22T08:00:00.000Z',
  Email: 'eva@example.com',
  Action: 'Signed in',
  'Action ID': 'id_1',
  Description: 'Eva signed in',
  'IP Address': '203.0.113.7',
};

function stored(text: string, changes: Partial<StoredObject> = {}): StoredObject {
  return {
    key: `${input.folder}audit_YWNtZQ_20261122T120000Z.json.gz`,
    contentType: 'application/x-gzip',
    body: gzipSync(text),
    ...changes,
  };
}

async function read(kitInput: KitInput, ...objects: readonly StoredObject[]) {
  return model.read(createKit(kitInput), kitInput, objects);
}

async function eventOf(kitInput: KitInput, changes: object): Promise<ReaderEvent> {
  const [event] = await read(kitInput, stored(`${JSON.stringify({ ...record, ...changes })}\n`));
  if (event === undefined) throw new Error('There is no event');
  return event;
}

function meaningIn(event: ReaderEvent): unknown[] {
  return [event['event.category'], event['event.type'], event['event.outcome']];
}

const meanings: Readonly<Record<Meaning['verb'], readonly unknown[]>> = {
  login: [['authentication'], ['start']],
  logout: [['authentication'], ['end']],
  create: [['configuration'], ['creation']],
  read: [['configuration'], ['access']],
  update: [['configuration'], ['change']],
  delete: [['configuration'], ['deletion']],
  permission: [['iam'], ['change']],
  other: [['configuration'], ['info']],
};

describe('the meaning of an action', () => {
  it.each(verbs)('%s has a category and a type', async verb => {
    const actions: Actions = [{ kind: 'exact', text: 'It', verb, outcome: 'unknown' }];
    const event = await eventOf({ ...input, actions }, { Action: 'It' });
    expect(meaningIn(event)).toEqual([...meanings[verb], 'unknown']);
  });

  it('is the one of the first rule that matches, whatever characters rules and actions have', async () => {
    await fc.assert(
      fc.asyncProperty(namedActions, async ({ rules: actions, names }) => {
        const kitInput = { ...input, actions };
        const kit = createKit(kitInput);
        expect(await model.faultsOf(kit, kitInput)).toEqual([]);
        const lines = names.map(name => `${JSON.stringify({ ...record, Action: name })}\n`);
        const events = await model.read(kit, kitInput, [stored(lines.join(''))]);
        expect(events.map(meaningIn)).toEqual(
          names.map(name => {
            const { verb, outcome } = meaningOf(name, actions);
            return [...(meanings[verb] ?? []), outcome];
          }),
        );
      }),
    );
  });
});

describe('what the inputs refuse', () => {
  it.each([gcs, azure])('$source.type: an empty file', async kitInput => {
    await expect(read(kitInput, stored(''))).rejects.toThrow('JSON data is malformed');
  });

  it.each([gcs, azure])('$source.type: a content type that is not listed', async kitInput => {
    const events = await read(kitInput, stored('{}\n', { contentType: 'application/gzip' }));
    expect(events).toMatchObject([{ 'event.kind': 'pipeline_error' }]);
    expect(events[0]?.['event.original']).toContain('application/gzip not supported');
  });

  it.each([gcs, azure, input])('$source.type: files of other accounts', async kitInput => {
    const other = stored(`${JSON.stringify(record)}\n`, {
      key: 'audit/b3RoZXI/audit_b3RoZXI_20261122T120000Z.json.gz',
    });
    expect(await read(kitInput, other)).toEqual([]);
  });

  it('s3: what is behind 10 MiB of a line', async () => {
    const body = Buffer.from(`{"Description":"${'x'.repeat(10 * 1024 * 1024)}"}\n`);
    const [event] = await read(input, stored('', { body }));
    expect(event).toMatchObject({ 'event.kind': 'pipeline_error' });
    expect(String(event?.['event.original'])).toHaveLength(10 * 1024 * 1024);
  });

  it('zip', () => {
    expect(() => createKit({ ...input, compression: 'zip' })).toThrow(TypeError);
  });
});

describe('a malformed record', () => {
  it('becomes an event with its line if it is not JSON', async () => {
    const [event] = await read(input, stored('not JSON\n'));
    expect(event).toMatchObject({ 'event.kind': 'pipeline_error', 'event.original': 'not JSON' });
    expect(event?.['error.message']).toHaveLength(1);
  });

  it.each([null, 'yesterday', 20261122])('keeps the time of reading if its date is %j', async date => {
    const event = await eventOf(input, { Date: date });
    expect(event).toMatchObject({ '@timestamp': event['event.created'], 'event.kind': 'event' });
    expect(event['error.message']).toEqual([`unable to parse date [${date}]`]);
  });

  it('has texts for values of other types, which the mapping would refuse', async () => {
    expect(
      await eventOf(input, {
        Email: 7,
        Action: { name: 'x' },
        'Action ID': true,
        Description: ['a', { b: [1] }],
      }),
    ).toMatchObject({
      'user.email': '7',
      'event.action': '{name=x}',
      'event.id': 'true',
      message: ['a', '{b=[1]}'],
      'event.outcome': 'unknown',
    });
  });
});

describe('names', () => {
  it.each([
    ['Example SaaS', 'logs-example_saas.audit-default'],
    ['Über-App (EU) 2.0', 'logs-uber_app_eu_2_0.audit-default'],
    ['山田', 'logs-saas_5f34cd83.audit-default'],
  ])('of %s are ones that Elasticsearch takes', async (name, dataStream) => {
    const kitInput = { ...input, product: { name, vendor: '{{vendor}}' } };
    expect(await model.faultsOf(createKit(kitInput), kitInput)).toEqual([]);
    expect(createKit(kitInput).find(({ path }) => path === 'filebeat.yml')?.text).toContain(
      `"${dataStream}"`,
    );
  });

  it('of a folder with special characters select the same files', async () => {
    const prefix = `a+b (c) [d] {e} ^$.|?*\\ "q" 'r' #s: %t & \${u} 山 🚀 \u0085`;
    for (const start of [input, gcs, azure]) {
      const kitInput = { ...start, folder: accountFolder(prefix, 'acme') };
      const kit = createKit(kitInput);
      const key = `${kitInput.folder}audit_YWNtZQ_20261122T120000Z.json.gz`;
      expect(await model.faultsOf(kit, kitInput)).toEqual([]);
      expect(await read(kitInput, stored(`${JSON.stringify(record)}\n`, { key }))).toHaveLength(1);
      expect(
        await read(kitInput, stored(`${JSON.stringify(record)}\n`, { key: key.replace('+', '') })),
      ).toEqual([]);
    }
  });

  it('of another cloud of Azure are in the storage URL', async () => {
    const host = 'acmeaudit.blob.core.chinacloudapi.cn';
    const kitInput: KitInput = { ...azure, source: { ...azure.source, host } as KitInput['source'] };
    expect(await model.faultsOf(createKit(kitInput), kitInput)).toEqual([]);
    expect(await model.faultsOf(createKit(azure), kitInput)).not.toEqual([]);
  });
});

describe('the detections', () => {
  const actions: Actions = [
    { kind: 'exact', text: 'Sign-in failed', verb: 'login', outcome: 'failure' },
    { kind: 'prefix', text: 'Deleted ', verb: 'delete', outcome: 'unknown' },
    { kind: 'glob', text: '*role*', verb: 'permission', outcome: 'success' },
  ];

  async function alerts(
    action: string,
    count: number,
    emails: readonly (string | null)[],
  ): Promise<unknown[][]> {
    const lines = Array.from({ length: count }, (_, index) =>
      JSON.stringify({ ...record, Action: action, Email: emails[index % emails.length] }),
    );
    const kitInput = { ...input, actions };
    const events = await read(kitInput, stored(`${lines.join('\n')}\n`));
    return rulesOf(textOf(createKit(kitInput), 'detections.ndjson')).map(rule => alertsOf(rule, events));
  }

  it('find several failed logins of one user', async () => {
    expect(await alerts('Sign-in failed', 10, ['mallory@example.net'])).toEqual([
      ['mallory@example.net'],
      [],
      [],
    ]);
    expect(await alerts('Sign-in failed', 18, ['a@example.com', 'b@example.com'])).toEqual([[], [], []]);
    expect(await alerts('Sign-in failed', 10, [null])).toEqual([[], [], []]);
  });

  it('find many deletions by one user', async () => {
    expect(await alerts('Deleted it', 50, ['eva@example.com'])).toEqual([[], ['eva@example.com'], []]);
    expect(await alerts('Deleted it', 49, ['eva@example.com'])).toEqual([[], [], []]);
  });

  it('find each change of a permission', async () => {
    const [, , changes] = await alerts('Changed role', 2, ['eva@example.com']);
    expect(changes).toHaveLength(2);
  });

  it('have no value that can be changed unnoticed', async () => {
    const kit = createKit(input);
    const lines = textOf(kit, 'detections.ndjson').split('\n').slice(0, -1);
    const free = /^\d: (rule_id|name|description|severity|risk_score|threshold\.value) changed$/;
    const survivors: string[] = [];
    for (const [index, line] of lines.entries()) {
      for (const mutant of mutantsOf([{ path: `${index}.json`, text: line }])) {
        const name = mutant.name.replace('.json', '');
        const text = JSON.stringify(JSON.parse(textOf(mutant.kit, `${index}.json`)));
        const ndjson = `${lines.with(index, text).join('\n')}\n`;
        const mutated = kit.map(file =>
          file.path === 'detections.ndjson' ? { ...file, text: ndjson } : file,
        );
        if (!free.test(name) && (await model.faultsOf(mutated, input)).length === 0) survivors.push(name);
      }
    }
    expect(survivors).toEqual([]);
  });
});

function textOf(kit: Kit, path: string): string {
  const file = kit.find(candidate => candidate.path === path);
  if (file === undefined) throw new Error(`The kit has no ${path}`);
  return file.text;
}
