import { setTimeout as sleep } from 'node:timers/promises';
import { toExportError } from '../domain/failure.ts';
import { type AzureAnswer, azureAnswer, meaningOf, wordsOf } from './azure-answer.ts';
import {
  type AzureContainerName,
  answerFailure,
  connectionFailure,
  isBusy,
  unexpectedFailure,
} from './azure-failure.ts';
import { type Answer, composed, created, exists, refused, type UploadStep, unclear } from './bucket.ts';
import { BrokenRequest } from './exchange.ts';

/** Tries of each request, the first one included. */
const mostTries = 3;

export interface RequestSetting {
  readonly where: AzureContainerName;
  /** Milliseconds of the longest pause before the second try; twice as long before the third. */
  readonly pauseMs: number;
  /** Ends the request, and with it the upload; its reason becomes the failure. */
  readonly signal: AbortSignal;
}

/** One request as the SDK makes it, once. */
export type AzureRequest = () => Promise<{ readonly etag?: string | undefined }>;

/**
 * What a request comes to, made again where a moment later may help. The SDK itself makes each request once, so that
 * no try stays unseen.
 *
 * @param step `staging` for a request that creates nothing, so that it is never unclear
 */
export async function answerTo(
  request: AzureRequest,
  step: UploadStep,
  setting: RequestSetting,
): Promise<Answer> {
  let answer: Answer | undefined;
  for (let made = 1; ; made++) {
    const tried = await tryOnce(request, step, setting);
    answer = composed(answer, step === 'staging' ? withoutTrace(tried.answer) : tried.answer);
    if (!tried.again || made >= mostTries) return answer;
    // Random, so that exporters do not come back as one. An abort ends the pause, and the next try before it is sent.
    const pause = setting.pauseMs * made * (0.5 + Math.random() / 2);
    await sleep(pause, undefined, { signal: setting.signal }).catch(() => undefined);
  }
}

interface Tried {
  readonly answer: Answer;
  /** True if the same request may succeed a moment later. */
  readonly again: boolean;
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

/** Azure confirms a new blob by its ETag; a success without one comes from something else, such as a proxy. */
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
  // After silence the next try would most likely be as long: the queue tries again, while others have their turn.
  const again = !signal.aborted && failure.retryable && broken.code !== 'ETIMEDOUT';
  return { answer: broken.handedOver ? unclear(failure) : refused(failure), again };
}

/** Blocks that no list names are invisible, and no blob: whatever became of them, nothing is written. */
function withoutTrace(answer: Answer): Answer {
  return answer.kind === 'unclear' ? refused(answer.failure) : answer;
}
