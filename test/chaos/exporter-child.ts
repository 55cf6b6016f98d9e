/** Runs in a child process: invokes the handler of the built bundle for each message, until the process is killed. */
export interface ChildInvocation {
  readonly event: unknown;
  /** The time limit of the invocation in milliseconds. */
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
// The parent has ended, so nobody would kill this process.
process.on('disconnect', () => process.exit());
process.send?.('ready');

function answer(outcome: ChildAnswer): void {
  process.send?.(outcome);
}
