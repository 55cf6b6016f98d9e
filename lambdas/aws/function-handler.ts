import type { Context } from 'aws-lambda';
import { printable } from '../domain/printable.ts';
import type { KeptConnections } from './kept-connections.ts';

/**
 * The handler that Lambda invokes. Lambda freezes the function between invocations, so old connections may be dead. It
 * prints a thrown error with all its properties, so the error is first reduced to what may be logged.
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
