import { describe, expect, test } from 'vitest';
import type { FailureCode } from '../../lambdas/domain/failure.ts';
import type { BucketServer } from './bucket-server.ts';
import { noise, object, unwatched } from './contract-objects.ts';
import { contractSetting } from './contract-setting.ts';
import type { Fault } from './fault-proxy.ts';

/** An answer of a cloud to each request that creates the object, and the outcome that the driver must report. */
export interface AnswerRow {
  readonly name: string;
  readonly answer: Fault;
  readonly is: ExpectedAnswer;
  /** By default both kinds of upload. */
  readonly of?: UploadSize;
}

export type UploadSize = 'one request' | 'several requests';

export type ExpectedAnswer =
  | { readonly kind: 'created' }
  | { readonly kind: 'exists'; readonly says?: RegExp }
  | { readonly kind: 'refused' | 'unclear'; readonly code: FailureCode; readonly says?: RegExp };

/** The maximum number of attempts that a driver makes at creating the object. */
const mostTries = 3;

/**
 * Tries each row with an upload of one request and with one of several; alone, and after a 503. The outcome after a
 * 503 follows from the row: a refusal stays unclear, and an existing object may be the upload’s own.
 * @param severalBytes the length of a body that needs several requests
 */
export function describeAnswers(
  name: string,
  start: () => Promise<BucketServer>,
  rows: readonly AnswerRow[],
  severalBytes = 6 * 1024 * 1024,
): void {
  const bytesOf = { 'one request': 1_000, 'several requests': severalBytes } satisfies Record<
    UploadSize,
    number
  >;
  describe(`the answers of ${name}`, () => {
    const setting = contractSetting(start);
    const cases = rows.flatMap(row =>
      (Object.keys(bytesOf) as UploadSize[])
        .filter(size => row.of === undefined || row.of === size)
        .flatMap(size => [false, true].map(after503 => ({ ...row, size, after503 }))),
    );

    for (const { name, answer, is, size, after503 } of cases)
      test(`${name}, to an upload of ${size}${after503 ? ', after a 503' : ''}: ${is.kind}`, async () => {
        let tries = 0;
        setting.proxy.onRequest = request => {
          if (!setting.server.creates(request)) return { kind: 'pass' };
          return ++tries === 1 && after503 ? { kind: 'answer', status: 503 } : answer;
        };
        const bucket = await setting.openThroughProxy();
        const key = `${setting.folder}/row.zip`;
        const creation = bucket.create(object(key, noise(bytesOf[size])), unwatched);
        if (is.kind === 'created') {
          expect(await creation).toEqual({ kind: 'created' });
        } else if (is.kind === 'exists') {
          expect(await creation).toMatchObject({ kind: 'exists', afterUnclear: after503 });
          const { words } = (await creation) as { words: string };
          expect(words).toMatch(is.says ?? /\w/);
          expect(words.length).toBeLessThanOrEqual(300);
        } else {
          const kind = after503 ? 'unclear' : is.kind;
          const { message } = await setting.expectFailure(creation, is.code, { kind });
          expect(message).toMatch(is.says ?? /\w/);
        }
        expect(tries).toBeLessThanOrEqual(mostTries);
      });
  });
}
