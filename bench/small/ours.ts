import { pathToFileURL } from 'node:url';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Prepare } from '../measure/child.ts';
import type { SmallSettings } from './settings.ts';

interface ExporterBundle {
  handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse>;
}

const context = { getRemainingTimeInMillis: () => 900_000 };

/** The deployed function, invoked for one message after the other. */
export const prepare: Prepare<SmallSettings, object> = async settings => {
  const { exporterBundle, measuringUrl, warmUp, measured } = settings;
  const { handler }: ExporterBundle = await import(pathToFileURL(exporterBundle).href);
  for (const body of warmUp) await invoke(body);
  await fetch(measuringUrl);
  return async () => {
    for (const body of measured) await invoke(body);
    return {};
  };

  async function invoke(body: string): Promise<void> {
    const record = {
      messageId: body,
      receiptHandle: body,
      body,
      attributes: { ApproximateReceiveCount: '1' },
    };
    const event = { Records: [record] } as unknown as SQSEvent;
    const { batchItemFailures } = await handler(event, context as unknown as Context);
    if (batchItemFailures.length > 0) throw new Error('The exporter reported a failure; its log says which');
  }
};
