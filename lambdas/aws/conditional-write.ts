import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';

/** Few tries suffice: a conflict ends with the other transaction, within milliseconds. */
const mostTries = 5;

/**
 * The answer to a conditional write; `undefined` if its condition did not hold. A write that
 * conflicts with another transaction has changed nothing and is tried again. If it still conflicts
 * after the last try, this counts as an unmet condition.
 */
export async function ifConditionHolds<Answer>(write: () => Promise<Answer>): Promise<Answer | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      if (refusal === undefined) throw thrown;
      if (refusal === 'condition' || tries === mostTries) return undefined;
    }
  }
}

/** Makes the SDK retry a throttled transaction. By default it retries every other throttled write, but not this one. */
export function retriedWhenThrottled(command: TransactWriteItemsCommand): TransactWriteItemsCommand {
  command.middlewareStack.add(
    next => async args => {
      try {
        return await next(args);
      } catch (thrown) {
        if (thrown instanceof TransactionCanceledException && reasonsOf(thrown).some(isThrottling))
          Object.assign(thrown, { $retryable: { throttling: true } });
        throw thrown;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'retriedWhenThrottled' },
  );
  return command;
}

function refusalOf(thrown: unknown): 'condition' | 'conflict' | undefined {
  if (thrown instanceof ConditionalCheckFailedException) return 'condition';
  if (thrown instanceof TransactionConflictException) return 'conflict';
  if (!(thrown instanceof TransactionCanceledException)) return undefined;
  const codes = reasonsOf(thrown);
  if (codes.includes('ConditionalCheckFailed')) return 'condition';
  return codes.length > 0 && codes.every(code => code === 'TransactionConflict') ? 'conflict' : undefined;
}

function reasonsOf({ CancellationReasons = [] }: TransactionCanceledException): readonly string[] {
  return CancellationReasons.map(({ Code = '' }) => Code).filter(code => code !== 'None');
}

function isThrottling(code: string): boolean {
  return /Throttl|ProvisionedThroughputExceeded/.test(code);
}
