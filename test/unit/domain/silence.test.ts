import { expect, test } from 'vitest';
import type { FailureCode } from '../../../lambdas/domain/failure.ts';
import {
  type Asker,
  admissionOf,
  forgottenFor,
  heardIn,
  isNews,
  noSilences,
  type Silences,
  targetOf,
} from '../../../lambdas/domain/silence.ts';

const now = Date.UTC(2026, 10, 23, 8);
const second = 1000;
const sixHours = 6 * 3_600_000;
const region = 's3 eu-central-1';
const target = { bucket: 's3://acme', region };
const bucketsOf = (count: number) => Array.from({ length: count }, (_, index) => `s3://${index}`);

/** Buckets of the region that were tried so many milliseconds ago, without an answer within a second. */
const silent = (names: readonly string[], ago: number, more: Partial<Silences> = {}): Silences => ({
  ...noSilences,
  buckets: new Map(names.map(name => [name, { region, asked: now - ago, ended: now - ago + second }])),
  ...more,
});
const at = (ago: number) => new Map([[region, now - ago]]);
const failed = (code: FailureCode, ago: number) => ({ code, at: now - ago });
const admission = (silences: Silences, asker: Partial<Asker> = {}) =>
  admissionOf(silences, { target, lastError: undefined, received: 1, ...asker }, now);

const usual = { kind: 'free', patience: 5 * second };
const short = { kind: 'free', patience: second };

test('where nothing is silent anybody may ask, and a message that failed twice gives the cloud more time', () => {
  expect([1, 2, 3, 8].map(received => admission(noSilences, { received }).kind)).toEqual(
    Array(4).fill('free'),
  );
  expect([1, 2].map(received => admission(noSilences, { received }))).toEqual([usual, usual]);
  expect(admission(noSilences, { received: 3 })).toEqual({ kind: 'free', patience: 30 * second });
});

test('one silent bucket is asked by permit, and nobody else’s', () => {
  expect(admission(silent(['s3://acme'], 10 * second))).toEqual({
    kind: 'by-permit',
    patience: 5 * second,
    permit: { name: `again ${region}`, cost: 1667 },
  });
  expect(admission(silent(['s3://1', 's3://2'], 10 * second))).toEqual(usual);
});

test('three silent buckets suspend their region, and no other', () => {
  const three = silent(bucketsOf(3), 10 * second);
  expect(admission(three)).toEqual({
    kind: 'by-permit',
    patience: second,
    permit: { name: `first ${region}`, cost: 334 },
  });
  expect(admission(three, { target: { ...target, region: 's3 us-east-1' } })).toEqual(usual);
});

test('a region in which others have been answered since is in trouble only, and asked for a short time each', () => {
  const three = silent(bucketsOf(3), 10 * second);
  expect(admission({ ...three, answered: at(10 * second) })).toEqual(short);
  expect(admission({ ...three, answered: at(10 * second + 1) }).kind).toBe('by-permit');
});

test('whoever was answered meanwhile has half a second to say so before a region is suspended', () => {
  expect(admission(silent(bucketsOf(3), second + 499))).toEqual(short);
  expect(admission(silent(bucketsOf(3), second + 500)).kind).toBe('by-permit');
});

test('who met silence in a region in trouble is asked by permit, until one of those has been answered', () => {
  const troubled = silent(bucketsOf(3), 60 * second, { answered: at(2 * second) });
  const lastError = failed('no_answer', 30 * second);
  expect(admission(troubled, { lastError, received: 2 })).toMatchObject({
    patience: 5 * second,
    permit: { name: `again ${region}` },
  });
  expect(admission(troubled, { lastError, received: 3 })).toMatchObject({ patience: 30 * second });
  expect(admission({ ...troubled, recovered: at(20 * second) }, { lastError, received: 3 })).toEqual(short);
  expect(admission({ ...troubled, recovered: at(40 * second) }, { lastError }).kind).toBe('by-permit');
  expect(admission(noSilences, { lastError })).toEqual(usual);
});

test('who had to wait for a suspended region takes no permit from those who are due for the first time', () => {
  const lastError = failed('region_silent', 30 * second);
  expect(admission(silent(bucketsOf(3), 10 * second), { lastError })).toMatchObject({
    patience: second,
    permit: { name: `again ${region}` },
  });
});

test('who would get no permit has to wait', () => {
  const three = silent(bucketsOf(3), 10 * second);
  const used = (ago: number) => ({ ...three, used: new Map([[`first ${region}`, now - ago]]) });
  expect(admission(used(333))).toEqual({ kind: 'wait' });
  expect(admission(used(334)).kind).toBe('by-permit');
});

test('what nobody has tried for six hours is known no more', () => {
  expect(admission(silent(bucketsOf(3), sixHours + second)).kind).toBe('by-permit');
  expect(admission(silent(bucketsOf(3), sixHours + second + 1))).toEqual(usual);
  expect(admission(silent(['s3://acme'], sixHours + second)).kind).toBe('by-permit');
  expect(admission(silent(['s3://acme'], sixHours + second + 1))).toEqual(usual);
  const three = silent(bucketsOf(3), 60 * second, { answered: at(0) });
  expect(admission(three, { lastError: failed('no_answer', sixHours + 1) })).toEqual(short);
});

test('of a region the ten buckets are noted that were silent last', () => {
  const nine = silent(bucketsOf(9), 10 * second);
  expect(forgottenFor(target, nine, now)).toEqual([]);
  const ten: Silences = {
    ...nine,
    buckets: new Map([
      ...nine.buckets,
      ['s3://oldest', { region, asked: now - 60 * second, ended: now - 55 * second }],
      ['gcs://elsewhere', { region: 'gcs', asked: now - 90 * second, ended: now - 85 * second }],
    ]),
  };
  expect(forgottenFor(target, ten, now)).toEqual(['s3://oldest']);
  expect(forgottenFor({ bucket: 's3://0', region }, ten, now)).toEqual([]);
});

test('with a note everything is forgotten that is known no more', () => {
  const past = silent(['s3://1', 's3://2'], sixHours + second + 1);
  expect(forgottenFor(target, past, now)).toEqual(['s3://1', 's3://2']);
});

test('an answer is news if a bucket of the region was silent when it was asked last', () => {
  const one = silent(['s3://1'], 10 * second);
  expect(isNews(one, region, now)).toBe(true);
  expect(isNews({ ...one, answered: at(10 * second + 1) }, region, now)).toBe(true);
  expect(isNews({ ...one, answered: at(10 * second) }, region, now)).toBe(false);
  expect(isNews(one, 'gcs', now)).toBe(false);
});

test('every failure that carries a word of the cloud is an answer', () => {
  const codes: FailureCode[] = ['no_answer', 'network', 'internal', 'out_of_time'];
  expect(codes.map(heardIn)).toEqual(['silence', undefined, undefined, undefined]);
  const answers: FailureCode[] = [
    'access_denied',
    'destination_unavailable',
    'bucket_missing',
    'wrong_region',
  ];
  expect(answers.map(heardIn)).toEqual(Array(4).fill('answer'));
});

test('containers of a storage account are silent together, and every cloud of Azure’s by itself', () => {
  const azure = { type: 'azure', storageAccount: 'acme', container: 'audit' } as const;
  expect(targetOf(azure)).toEqual({ bucket: 'azure://acme', region: 'azure public' });
  expect(targetOf({ ...azure, cloud: 'china' }).region).toBe('azure china');
});
