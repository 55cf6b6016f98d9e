import { pathToFileURL } from 'node:url';
import type { Prepare } from '../measure/child.ts';
import { busyTick } from './population.ts';
import type { DispatchSettings } from './settings.ts';

/** The deployed function, invoked with the event of the scheduled trigger. */
export const prepare: Prepare<DispatchSettings, object> = async ({ dispatcherBundle }) => {
  const { handler }: { handler(event: { time: string }): Promise<void> } = await import(
    pathToFileURL(dispatcherBundle).href
  );
  return async () => {
    await handler({ time: new Date(busyTick).toISOString() });
    return {};
  };
};
