import type { UploadStep } from '../domain/cursor.ts';
import { toExportError } from '../domain/failure.ts';
import { type AzureAnswer, azureAnswer, meaningOf, wordsOf } from './azure-answer.ts';
import {
  type AzureContainerName,
  answerFailure,
  connectionFailure,
  isBusy,
  unexpectedFailure,
} from './azure-failure.ts';
import { type Answer, created, exists, refused, unclear } from './bucket.ts';
import { BrokenRequest } from './exchange.ts';
import { createWithTries, type Tried, type Tries } from './tries.ts';

export interface RequestSetting extends Tries {
  readonly where: AzureContainerName;
}

/** Makes one request with the SDK, without retries. */
export type AzureRequest = () => Promise<{ readonly etag?: string | undefined }>;

/**
 * Sends a request, with retries if they may help, and returns its outcome.
 *
 * @param step `staging` for a request that creates no blob; its answer is never `unclear`
 */
export function answerTo(request: AzureRequest, step: UploadStep, setting: RequestSetting): Promise<Answer> {
  return createWithTries(async () => {
    const tried = await tryOnce(request, step, setting);
    return step === 'staging' ? { ...tried, answer: withoutTrace(tried.answer) } : tried;
  }, setting);
}

async function tryOnce(request: AzureRequest, step: UploadStep, setting: RequestSetting): Promise<Tried> {
  const { where } = setting;
  try {
    const { etag } = await request();
    return { answer: step === 'staging' || etag !== undefined ? created : unconfirmed(where), again: false };
  } catch (thrown) {
    if (thrown instanceof BrokenRequest) return afterBreak(thrown, setting);
    const answer = azureAnswer(thrown);
    if (answer === undefined) return { answer: unclear(unexpectedFailure(thrown, where)), again: false };
    return { answer: read(answer, where), again: isBusy(answer) };
  }
}

/** Azure returns the ETag of a new blob. A success without one comes from something else, such as a proxy. */
function unconfirmed(where: AzureContainerName): Answer {
  return read({ status: 201, code: undefined, explanation: '', requestId: undefined }, where);
}

function read(answer: AzureAnswer, where: AzureContainerName): Answer {
  switch (meaningOf(answer)) {
    case 'exists':
      return exists(wordsOf(answer));
    case 'refused':
      return refused(answerFailure(answer, where));
    case 'unclear':
      return unclear(answerFailure(answer, where));
  }
}

function afterBreak(broken: BrokenRequest, { where, signal }: RequestSetting): Tried {
  const failure = signal.aborted ? toExportError(signal.reason) : connectionFailure(broken, where);
  // No retry after a timeout: the next try would probably take as long. The queue retries later.
  const again = !signal.aborted && failure.retryable && broken.code !== 'ETIMEDOUT';
  return { answer: broken.handedOver ? unclear(failure) : refused(failure), again };
}

/** Staged blocks are invisible until a list names them, so an unclear answer while staging has written nothing. */
function withoutTrace(answer: Answer): Answer {
  return answer.kind === 'unclear' ? refused(answer.failure) : answer;
}
