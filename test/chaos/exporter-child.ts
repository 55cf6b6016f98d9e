/** Runs in a process of its own: the built bundle's handler, invoked by messages, until it is killed. */
export interface ChildInvocation {
  readonly event: unknown;
  /** How long the invocation may take, in milliseconds. */
  readonly timeout: number;
}

export type ChildAnswer = { readonly result: unknown } | { readonly error: string };

type Handler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>;

const { handler }: { handler: Handler } = await import(process.argv[2] ?? '');

process.on('message', async ({ event, timeout }: ChildInvocation) => {
  const end = performance.now() + timeout;
  const context = { getRemainingTimeInMillis: () => Math.max(Math.round(end - performance.now()), 0) };
  try {
    answer({ result: await handler(event, context) });
  } catch (thrown) {
    console.error(thrown);
    answer({ error: String(thrown) });
  }
});
// Nobody is left who would kill it.
process.on('disconnect', () => process.exit());
process.send?.('ready');

function answer(outcome: ChildAnswer): void {
  process.send?.(outcome);
}
