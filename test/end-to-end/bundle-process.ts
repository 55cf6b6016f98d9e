import { registerHooks } from 'node:module';

/** A request to the process: an event for the handler, or the question which files are loaded. */
export type Request =
  | { readonly id: number; readonly event: unknown; readonly timeout: number }
  | { readonly id: number; readonly loaded: true };

export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

type Handler = (event: unknown, context: object) => Promise<unknown>;

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});

const [, , bundle = ''] = process.argv;
const { handler }: { handler: Handler } = await import(bundle);

process.on('message', async (request: Request) => {
  const { id } = request;
  const reply = (message: Reply) => process.send?.(message);
  if ('loaded' in request) return reply({ id, result: loaded });
  const end = performance.now() + request.timeout;
  const context = { getRemainingTimeInMillis: () => Math.max(Math.round(end - performance.now()), 0) };
  try {
    return reply({ id, result: await handler(request.event, context) });
  } catch (thrown) {
    return reply({ id, error: thrown instanceof Error ? String(thrown.stack) : String(thrown) });
  }
});
process.send?.('ready');
