import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CommandError } from '../../terminal/command-error.ts';
import { textOf } from '../../terminal/text-file.ts';
import { whyUnreadable } from '../../terminal/unreadable.ts';

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

/** @throws CommandError `unreachable` if local mode does not run, `usage` if the file is none of local mode's */
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
    `Local mode is not running (by ${path}): start it in another terminal with "npm start -- --keep"`,
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
    // The parser's message would quote the text.
    throw noStateFile(path, text.trim() === '' ? 'it is empty' : 'it is no JSON, or a part of one');
  }
}

function noStateFile(path: string, why: string): CommandError {
  return new CommandError(
    'usage',
    `The state file ${path} is none of local mode's: ${why}. "npm start -- --keep" writes out/local.json, in the folder in which it runs`,
  );
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
