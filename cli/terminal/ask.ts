import { Writable } from 'node:stream';
import type * as prompts from '@inquirer/prompts';
import { CommandError } from './command-error.ts';
import { credentialLook } from './credential-look.ts';
import type { Terminal } from './terminal.ts';

/** The person would rather not: Ctrl-C, or the end of the input. */
export class CancelledError extends CommandError {
  constructor() {
    super('usage', 'Cancelled: nothing was changed');
  }
}

export interface Asked {
  /** What is wrong with an answer, which is asked for again then. */
  readonly faultOf?: (answer: string) => string | undefined;
  /** What an empty answer stands for. */
  readonly proposed?: string | undefined;
}

/** Asks a person; the answer without the spaces around it. A credential that is pasted is not shown. */
export async function ask(
  terminal: Terminal,
  message: string,
  { faultOf, proposed }: Asked = {},
): Promise<string> {
  const { input } = await import('@inquirer/prompts');
  let typed = '';
  let hidden = false;
  // Noted before the prompt hears of it, which shows each character of what is pasted by itself.
  const note = (chunk: Buffer | string) => {
    typed = /[\r\n]$/.test(typed) ? String(chunk) : typed + String(chunk);
    hidden = credentialLook(typed) !== undefined;
  };
  terminal.input.prependListener('data', note);
  const question = {
    message,
    theme: { ...theme, validationFailureMode: 'clear' as const },
    ...(proposed !== undefined && { default: proposed }),
    transformer: (value: string) =>
      hidden && value !== '' ? '(not shown: a credential by its look)' : value,
    validate: (answer: string) => faultOf?.(answer.trim()) ?? true,
  };
  try {
    return (await answered(terminal, context => input(question, context))).trim();
  } finally {
    terminal.input.removeListener('data', note);
  }
}

/** The same with an answer that is not shown. */
export async function askHidden(terminal: Terminal, message: string): Promise<string> {
  const { password } = await import('@inquirer/prompts');
  return (
    await answered(terminal, context => password({ message, theme, toggleMask: false }, context))
  ).trim();
}

/** Has a person choose one of a few. */
export async function choose<Value extends string>(
  terminal: Terminal,
  message: string,
  choices: readonly { readonly value: Value; readonly description: string }[],
): Promise<Value> {
  const { select } = await import('@inquirer/prompts');
  return answered(terminal, context => select<Value>({ message, choices, theme }, context));
}

/** True if a person agrees. */
export async function confirm(terminal: Terminal, message: string): Promise<boolean> {
  const { confirm: agree } = await import('@inquirer/prompts');
  return answered(terminal, context => agree({ message, default: false, theme }, context));
}

const plain = (text: string) => text;

/** Without colours: the library would not heed --no-color. */
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
  // A stream of its own: a prompt ends the one that it is given.
  const output = new Writable({
    write(chunk, _encoding, done) {
      errors.write(chunk);
      done();
    },
  });
  const end = () => over.abort();
  // The prompt itself would wait for ever once its input has ended, or Ctrl-D has closed it, which pauses the input.
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
