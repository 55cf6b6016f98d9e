/** How a command ends; documented in `siem-export --help`. */
export const exitCodes = {
  ok: 0,
  /** The command did its work, and what it found is wrong. */
  problem: 1,
  /** The command line, a file or a record that was given is wrong; nothing was changed. */
  usage: 2,
  /** AWS, the stack or local mode cannot be reached, or does not let this identity in. */
  unreachable: 3,
  /** A fault of this program. */
  internal: 4,
  /** By Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What ends a command, in words for the operator; never holds a secret. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: Exclude<keyof typeof exitCodes, 'ok'>;
  /** What a program would otherwise have to read out of the message; part of the JSON that is printed. */
  readonly details: object | undefined;

  constructor(
    code: CommandError['code'],
    message: string,
    options?: { cause?: unknown; details?: object | undefined },
  ) {
    super(message, options);
    this.code = code;
    this.details = options?.details;
  }

  get exitCode(): ExitCode {
    return exitCodes[this.code];
  }
}
