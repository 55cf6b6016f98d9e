import type { Json } from './json.ts';

/** The exit codes, documented in `siem-export --help`. */
export const exitCodes = {
  ok: 0,
  /** The command completed, and found a problem. */
  problem: 1,
  /** The command line, a file or a record is invalid; nothing was changed. */
  usage: 2,
  /** AWS, the stack or local mode cannot be reached, or denies access. */
  unreachable: 3,
  /** A bug in this program. */
  internal: 4,
  /** By Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What of an error a program would otherwise have to read out of the message. */
export interface ErrorDetails {
  /** What is wrong with a record, or with the lines of a file. */
  readonly faults: readonly {
    /** Counted from 1; `null` if the record is of no file. */
    readonly line: number | null;
    readonly accountId: string | null;
    readonly fault: string;
  }[];
  /** What stops nothing, with the lines of the file that it is about. */
  readonly warnings: readonly { readonly warning: string; readonly lines: readonly number[] }[];
  /** Accounts that were named and do not exist. */
  readonly unknown: readonly string[];
  /** Of work on many things, how many of them are done; else `null`. */
  readonly done: number | null;
  /** The secret that is written although the command failed. */
  readonly secretWritten: string | null;
}

/** An error that ends a command; its message is for the operator and never contains a secret. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: Exclude<keyof typeof exitCodes, 'ok'>;
  readonly details: Partial<ErrorDetails> | undefined;

  constructor(
    code: CommandError['code'],
    message: string,
    options?: { cause?: unknown; details?: Partial<ErrorDetails> | undefined },
  ) {
    super(message, options);
    this.code = code;
    this.details = options?.details;
  }

  get exitCode(): ExitCode {
    return exitCodes[this.code];
  }
}

/** What `--json` prints in the place of a report. */
export function errorJson({ code, message, details }: CommandError): Json {
  const { faults = [], warnings = [], unknown = [], done = null, secretWritten = null } = details ?? {};
  return {
    error: {
      code,
      message,
      faults: faults.map(({ line, accountId, fault }) => ({ line, accountId, fault })),
      warnings: warnings.map(({ warning, lines }) => ({ warning, lines })),
      unknown,
      done,
      secretWritten,
    },
  };
}
