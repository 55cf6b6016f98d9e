import { pathToFileURL } from 'node:url';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { benchWindow } from '../input/rows.ts';
import type { Prepare } from '../measure/child.ts';
import type { ExportSettings } from './settings.ts';

interface ExporterBundle {
  handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse>;
}

const lambdaTimeout = 15 * 60_000;

/** The deployed function, invoked with the message that the dispatcher sends. */
export const prepare: Prepare<ExportSettings, object> = async ({ exporterBundle, accountId }) => {
  const { handler }: ExporterBundle = await import(pathToFileURL(exporterBundle).href);
  return async () => {
    await exportAccount(handler, accountId);
    return {};
  };
};

export async function exportAccount(handler: ExporterBundle['handler'], accountId: string): Promise<void> {
  const body = JSON.stringify({ accountId, tick: new Date(benchWindow.end).toISOString() });
  const record = {
    messageId: accountId,
    receiptHandle: accountId,
    body,
    attributes: { ApproximateReceiveCount: '1' },
  };
  const started = performance.now();
  const context = { getRemainingTimeInMillis: () => lambdaTimeout - (performance.now() - started) };
  const { batchItemFailures } = await handler(
    { Records: [record] } as unknown as SQSEvent,
    context as unknown as Context,
  );
  if (batchItemFailures.length > 0) throw new Error('The exporter reported a failure; its log says which');
}
