import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CommandError } from '../../terminal/command-error.ts';
import { textOf } from '../../terminal/text-file.ts';
import { whyUnreadable } from '../../terminal/unreadable.ts';

const text = z.string();

const localState = z.object({
  /** The process id of local mode. */
  pid: z.number(),
  /** How far its clock is ahead of the real one, in milliseconds. */
  clockAhead: z.number(),
  /** True if ticks are sent one after the other, regardless of the clock; then delivery times do not show the lag. */
  ticksInARow: z.boolean().optional(),
  /** The URL that accepts requests for ticks. */
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
  /** The exporter’s environment variables, including the addresses of the servers that replace the clouds. */
  exporter: z.record(text, text),
});

/** The content of `local.json`, in which a running local mode describes itself. */
export type LocalState = z.infer<typeof localState>;

/** @throws CommandError `unreachable` if local mode is not running, `usage` if it did not write the file */
export async function readLocalState(path: string): Promise<LocalState> {
  const content = await readState(path);
  if (content !== undefined) {
    const state = localState.safeParse(parsed(path, content));
    if (!state.success)
      throw noStateFile(
        path,
        `it lacks ${state.error.issues.map(each => each.path.join('.') || 'a map').join(', ')}`,
      );
    if (isRunning(state.data.pid)) return state.data;
  }
  throw new CommandError(
    'unreachable',
    `Local mode is not running (according to ${path}): start it in another terminal with "npm start -- --keep"`,
  );
}

async function readState(path: string): Promise<string | undefined> {
  try {
    return textOf(await readFile(path));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CommandError('usage', `The state file ${path} cannot be read: ${whyUnreadable(thrown)}`, {
      cause: thrown,
    });
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser’s message would quote the text.
    throw noStateFile(path, text.trim() === '' ? 'it is empty' : 'it is not JSON, or is truncated');
  }
}

function noStateFile(path: string, why: string): CommandError {
  return new CommandError(
    'usage',
    `The state file ${path} was not written by local mode: ${why}. "npm start -- --keep" writes out/local.json, in the folder where it was started`,
  );
}

/** True if a process with this id exists, even one of another user. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    // The process exists, but belongs to another user.
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
