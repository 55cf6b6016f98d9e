import { isIP } from 'node:net';
import { type Actions, type Meaning, meaningOf, type Rule } from '../../lambdas/domain/actions.ts';
import type { KitFile, KitInput, Product } from '../kit.ts';
import { plain } from './cbn-text.ts';
import { authentication, eventTypes, failedLoginCategory, resultActions, typeWithoutUser } from './udm.ts';

interface Sample {
  readonly action: string | number | null;
  readonly id?: string | number | null;
  readonly description?: string | number | null;
  readonly user?: string | number | null;
  readonly address?: string | null;
  readonly date?: string | null;
}

/** Raw logs, one a line, and the events that the parser makes of them, in the JSON of Google's own parser tests. */
export function testData({ product, actions }: KitInput): readonly KitFile[] {
  const samples: Sample[] = [
    ...actions.map(rule => ({ action: exampleOf(rule), address: '203.0.113.7' })),
    { action: 'No rule names this', address: '2001:db8::7', description: 'Eva said "yes"' },
    { action: 'No address', user: 'build service', address: '203.0.113.259', date: null },
    { action: 1, user: 2, id: 3, description: 4 },
    { action: null, user: null, id: null, description: null },
  ];
  const events = samples.map(sample => eventOf(sample, meaningIn(sample, actions), product));
  return [
    { path: 'testdata/raw_logs.ndjson', text: samples.map(sample => `${rawLog(sample)}\n`).join('') },
    { path: 'testdata/expected_events.json', text: `${JSON.stringify({ events }, null, 2)}\n` },
  ];
}

/** An action that the rule matches, although an earlier rule may match it first. */
function exampleOf({ kind, text }: Rule): string {
  if (kind === 'glob') return text.replaceAll('*', ' any ');
  return kind === 'prefix' ? `${text}something` : text;
}

function meaningIn({ action }: Sample, actions: Actions): Meaning {
  return action === null ? { verb: 'other', outcome: 'unknown' } : meaningOf(String(action), actions);
}

const defaults = {
  date: '2026-11-22T08:00:01.120Z',
  user: 'eva@example.com',
  id: 'id-1',
  description: 'Eva did it',
  address: null,
};

function rawLog(sample: Sample): string {
  const { date, user, action, id, description, address } = { ...defaults, ...sample };
  return JSON.stringify({
    Date: date,
    Email: user,
    Action: action,
    'Action ID': id,
    Description: description,
    'IP Address': address,
  });
}

function eventOf(sample: Sample, { verb, outcome }: Meaning, product: Product) {
  const name = plain(product.name);
  const { date, user, action, id, description, address } = { ...defaults, ...sample };
  const person = user === null ? undefined : personOf(String(user));
  const authenticates = person !== undefined && (verb === 'login' || verb === 'logout');
  return {
    event: {
      ...(date === null ? {} : { timestamp: date }),
      idm: {
        readOnlyUdm: {
          metadata: {
            ...(date === null ? {} : { eventTimestamp: date }),
            eventType: person === undefined ? typeWithoutUser : eventTypes[verb],
            vendorName: plain(product.vendor),
            productName: name,
            ...(action === null ? {} : { productEventType: String(action) }),
            ...(id === null ? {} : { productLogId: String(id) }),
            ...(description === null ? {} : { description: String(description) }),
          },
          ...principalOf(person, address),
          target: {
            application: name,
            ...(authenticates ? { user: person } : {}),
            ...(person !== undefined && !authenticates && verb !== 'other' ? { resource: { name } } : {}),
          },
          ...(authenticates
            ? { extensions: { auth: { type: authentication.type, mechanism: [authentication.mechanism] } } }
            : {}),
          ...(outcome === 'unknown' ? {} : { securityResult: [resultOf(verb, outcome)] }),
        },
      },
    },
  };
}

function personOf(user: string) {
  return { userid: user, ...(/^[^@]+@[^@]+$/.test(user) ? { emailAddresses: [user] } : {}) };
}

function principalOf(person: object | undefined, address: string | null) {
  const ip = address === null || isIP(address) === 0 ? {} : { ip: [address] };
  const principal = { ...(person === undefined ? {} : { user: person }), ...ip };
  return Object.keys(principal).length === 0 ? {} : { principal };
}

function resultOf(verb: Meaning['verb'], outcome: 'success' | 'failure') {
  return {
    action: [resultActions[outcome]],
    ...(verb === 'login' && outcome === 'failure' ? { category: [failedLoginCategory] } : {}),
  };
}
