import { Writable } from 'node:stream';
import type * as prompts from '@inquirer/prompts';
import { CommandError } from './command-error.ts';
import { credentialLook } from './credential-look.ts';
import type { Terminal } from './terminal.ts';

/** Cancelled by Ctrl-C or the end of the input. */
export class CancelledError extends CommandError {
  constructor() {
    super('usage', 'Cancelled: nothing was changed');
  }
}

export interface Asked {
  /** Returns what is wrong with an answer; then the question is asked again. */
  readonly faultOf?: (answer: string) => string | undefined;
  /** The answer that an empty input stands for. */
  readonly proposed?: string | undefined;
}

/** Asks for a text and trims it. If a credential is pasted by mistake, it is not shown. */
export async function ask(
  terminal: Terminal,
  message: string,
  { faultOf, proposed }: Asked = {},
): Promise<string> {
  const { input } = await import('@inquirer/prompts');
  let typed = '';
  let hidden = false;
  // Reads the input before the prompt does: the prompt would show a pasted text character by character.
  const note = (chunk: Buffer | string) => {
    typed = /[\r\n]$/.test(typed) ? String(chunk) : typed + String(chunk);
    hidden = credentialLook(typed) !== undefined;
  };
  terminal.input.prependListener('data', note);
  const question = {
    message,
    theme: { ...theme, validationFailureMode: 'clear' as const },
    ...(proposed !== undefined && { default: proposed }),
    transformer: (value: string) => (hidden && value !== '' ? '(hidden: it looks like a credential)' : value),
    validate: (answer: string) => faultOf?.(answer.trim()) ?? true,
  };
  try {
    return (await answered(terminal, context => input(question, context))).trim();
  } finally {
    terminal.input.removeListener('data', note);
  }
}

/** Asks for a text without showing it. */
export async function askHidden(terminal: Terminal, message: string): Promise<string> {
  const { password } = await import('@inquirer/prompts');
  return (
    await answered(terminal, context => password({ message, theme, toggleMask: false }, context))
  ).trim();
}

/** Asks to choose one of a few values. */
export async function choose<Value extends string>(
  terminal: Terminal,
  message: string,
  choices: readonly { readonly value: Value; readonly description: string }[],
): Promise<Value> {
  const { select } = await import('@inquirer/prompts');
  return answered(terminal, context => select<Value>({ message, choices, theme }, context));
}

/** Asks for consent. */
export async function confirm(terminal: Terminal, message: string): Promise<boolean> {
  const { confirm: agree } = await import('@inquirer/prompts');
  return answered(terminal, context => agree({ message, default: false, theme }, context));
}

const plain = (text: string) => text;

/** No colours: the library does not respect --no-color. */
const theme = {
  prefix: { idle: '?', done: '✓' },
  icon: { cursor: '>' },
  style: {
    answer: plain,
    message: plain,
    error: (text: string) => `  ${text}`,
    defaultAnswer: (text: string) => `[${text}]`,
    maskedText: '(not shown)',
    help: plain,
    highlight: plain,
    description: plain,
  },
};

async function answered<Answer>(
  { input, errors }: Terminal,
  prompt: (context: Parameters<typeof prompts.input>[1]) => Promise<Answer>,
): Promise<Answer> {
  const over = new AbortController();
  // A separate stream, because a prompt ends the stream that it writes to.
  const output = new Writable({
    write(chunk, _encoding, done) {
      errors.write(chunk);
      done();
    },
  });
  const end = () => over.abort();
  // Without this, the prompt waits forever after the end of the input, or after Ctrl-D, which pauses the input.
  input.once('end', end).once('pause', end);
  try {
    return await prompt({ input, output, signal: over.signal });
  } catch (thrown) {
    if (thrown instanceof Error && /^(Exit|Abort)PromptError$/.test(thrown.name)) throw new CancelledError();
    throw thrown;
  } finally {
    input.removeListener('end', end).removeListener('pause', end);
  }
}
