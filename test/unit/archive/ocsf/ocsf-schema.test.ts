import { describe, expect, test } from 'vitest';
import { encodeRows } from '../../../../lambdas/archive/encode-rows.ts';
import { createOcsfEncoder } from '../../../../lambdas/archive/ocsf/ocsf-encoder.ts';
import { defaultAttributes } from '../../../../lambdas/domain/audit-record.ts';
import { type OcsfVersion, ocsfVersion } from '../../../../lambdas/domain/format.ts';
import { ocsfFaults } from '../../../schemas/ocsf.ts';

type Json = Record<string, unknown>;

/** An event of each class, with every attribute that such events can have but `unmapped`. */
function eventsOf(version: OcsfVersion): Json[] {
  const row = {
    recordedAt: '2026-11-22T17:42:08.120Z#01JD',
    email: 'eva@example.com',
    actionId: 'a1',
    description: 'Eva',
    ipAddress: '203.0.113.7',
  };
  const page = encodeRows(
    ['Signed in', 'Danced'].map(action => ({ ...row, action })),
    defaultAttributes,
  );
  const encoder = createOcsfEncoder('acme', {
    version,
    product: { name: 'Example SaaS', vendor: 'Example' },
    actions: [{ kind: 'exact', text: 'Signed in', verb: 'login', outcome: 'success' }],
  });
  const lines = Buffer.from(encoder.encode(page, 0, 2))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  return lines.map(line => JSON.parse(line) as Json);
}

/** The paths of all objects and values in an event. */
function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    [...path, key],
    ...pathsOf(member, [...path, key]),
  ]);
}

/** The event with another value at a path; without the attribute if the value is `undefined`. */
function changed(event: Json, path: readonly string[], value: unknown): Json {
  const [key = '', ...rest] = path;
  return { ...event, [key]: rest.length === 0 ? value : changed(event[key] as Json, rest, value) };
}

describe.each(ocsfVersion.options)('the schema of %s', version => {
  const events = eventsOf(version);
  const optional = ['message', 'uid', 'original_time', 'email_addr'];

  test('takes an event of each class', () => {
    expect(events.map(event => ocsfFaults(version, event))).toEqual([[], []]);
  });

  test('refuses an event without an attribute or with another type of value', () => {
    for (const event of events)
      for (const path of pathsOf(event)) {
        const lacking = JSON.parse(JSON.stringify(changed(event, path, undefined))) as unknown;
        expect({ path, refused: ocsfFaults(version, lacking).length > 0 }).toEqual({
          path,
          refused: !optional.includes(path.at(-1) ?? ''),
        });
        expect({ path, faults: ocsfFaults(version, changed(event, path, [])) }).not.toEqual({
          path,
          faults: [],
        });
      }
  });

  test.each([
    ['an unknown attribute', ['surprise'], 'x'],
    ['a caption of another id', ['type_name'], 'API Activity: Read'],
    ['a type of another class', ['type_uid'], 600301],
    ['a status of another id', ['status_id'], 2],
    ['another version', ['metadata', 'version'], '1.0.0'],
    ['no address', ['src_endpoint', 'ip'], '203.0.113.7:443'],
  ])('refuses an event with %s', (_, path, value) => {
    for (const event of events) expect(ocsfFaults(version, changed(event, path, value))).not.toEqual([]);
  });
});
