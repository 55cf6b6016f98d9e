import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CommandError } from '../../terminal/command-error.ts';

const text = z.string();

const localState = z.object({
  /** The process that runs local mode. */
  pid: z.number(),
  /** How far its clock is put forward, in milliseconds. */
  clockAhead: z.number(),
  /** Ticks are sent one after the other, whatever the clock says: when a file was delivered tells nothing of its lag. */
  ticksInARow: z.boolean().optional(),
  /** Where ticks are asked for. */
  control: text.optional(),
  aws: z.object({
    AWS_REGION: text,
    AWS_ACCESS_KEY_ID: text,
    AWS_SECRET_ACCESS_KEY: text,
    AWS_ENDPOINT_URL_DYNAMODB: text,
    AWS_ENDPOINT_URL_SQS: text,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: text,
    AWS_ENDPOINT_URL_EVENTBRIDGE: text,
  }),
  outputs: z.record(text, text),
  /** The exporter's variables, the servers in place of the clouds among them. */
  exporter: z.record(text, text),
});

/** What a running local mode tells of itself in `local.json`. */
export type LocalState = z.infer<typeof localState>;

/** @throws CommandError `unreachable` if local mode does not run */
export async function readLocalState(path: string): Promise<LocalState> {
  const state = localState.safeParse(await readJson(path));
  if (state.success && isRunning(state.data.pid)) return state.data;
  throw new CommandError(
    'unreachable',
    `Local mode is not running (by ${path}): start it in another terminal with "npm start -- --keep"`,
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof SyntaxError || (thrown as NodeJS.ErrnoException).code === 'ENOENT')
      return undefined;
    throw new CommandError('unreachable', `${path} cannot be read: ${String(thrown)}`, { cause: thrown });
  }
}

/** True if there is such a process, whoever’s it is. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    // It runs, as somebody else.
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
