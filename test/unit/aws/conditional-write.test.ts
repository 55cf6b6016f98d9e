import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { expect, test, vi } from 'vitest';
import { ifConditionHolds } from '../../../lambdas/aws/conditional-write.ts';

const about = { message: 'No', $metadata: {} };
const cancelled = (...codes: readonly string[]) =>
  new TransactionCanceledException({ ...about, CancellationReasons: codes.map(Code => ({ Code })) });

test('a write answers with what it got', async () => {
  expect(await ifConditionHolds(async () => 'answer')).toBe('answer');
});

test.each([
  ['of one item', new ConditionalCheckFailedException(about)],
  ['of a transaction', cancelled('None', 'ConditionalCheckFailed')],
  ['of a transaction that met another, too', cancelled('TransactionConflict', 'ConditionalCheckFailed')],
])('a condition %s that does not hold is not tried again', async (_, refusal) => {
  const write = vi.fn().mockRejectedValue(refusal);
  expect(await ifConditionHolds(write)).toBeUndefined();
  expect(write).toHaveBeenCalledOnce();
});

test.each([
  ['a write of one item', new TransactionConflictException(about)],
  ['a transaction', cancelled('None', 'TransactionConflict')],
])(
  '%s that meets a transaction is made again, and counts as refused if that does not end',
  async (_, conflict) => {
    const once = vi.fn().mockRejectedValueOnce(conflict).mockResolvedValue('answer');
    expect(await ifConditionHolds(once)).toBe('answer');
    const always = vi.fn().mockRejectedValue(conflict);
    expect(await ifConditionHolds(always)).toBeUndefined();
    expect(always).toHaveBeenCalledTimes(5);
  },
);

test.each([
  ['throttled', cancelled('None', 'ThrottlingError')],
  ['throttled, and meets another', cancelled('TransactionConflict', 'ThrottlingError')],
  ['cancelled without a reason', cancelled()],
  ['refused for something else', new Error('No network')],
])('a write that is %s fails', async (_, failure) => {
  await expect(ifConditionHolds(() => Promise.reject(failure))).rejects.toBe(failure);
});
