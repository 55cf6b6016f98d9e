import type { Context } from 'aws-lambda';
import { printable } from '../domain/printable.ts';
import type { KeptConnections } from './kept-connections.ts';

/**
 * What Lambda invokes. It may have frozen the function before, and it prints whatever is thrown, with all that hangs on
 * it.
 */
export function functionHandler<Event, Result>(
  connections: KeptConnections,
  run: (event: Event, context: Context) => Promise<Result>,
) {
  return async (event: Event, context: Context): Promise<Result> => {
    connections.beginInvocation();
    try {
      return await run(event, context);
    } catch (thrown) {
      throw printable(thrown);
    }
  };
}
