import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { valuesOf } from '../../../lambdas/aws/item-values.ts';

it('gives plain values', () => {
  expect(valuesOf({ accountId: { S: 'acme' }, version: { N: '3' } })).toEqual({
    accountId: 'acme',
    version: 3,
  });
});

it.each<[string, AttributeValue]>([
  ['a number of too many digits', { N: `${'9'.repeat(30)}.5` }],
  ['a type of a later release', { $unknown: ['X', 1] }],
  ['one deep inside', { M: { deep: { L: [{ N: `${'9'.repeat(30)}.5` }] } } }],
])('leaves %s as it is, and reads the attributes beside it', (_, odd) => {
  expect(valuesOf({ accountId: { S: 'acme' }, odd })).toEqual({ accountId: 'acme', odd });
});
