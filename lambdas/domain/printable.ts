/** Words that show that a text quotes the headers of a request. */
const requestWords =
  /\bx-(?:amz|ms|goog)-|\bauthorization\b|\bcanonical\b|AWS4-HMAC|\b(?:credential|signature|signedheaders|sig)=|\b(?:bearer|sharedkey) /i;
/** Runs of characters that may be tokens, keys or signatures. Names and ARNs contain hyphens and do not match. */
const secretRuns = /\beyJ[\w.-]+|[A-Za-z0-9+/=%]{40,}/g;
const deepest = 5;

/**
 * A copy of an error with only what may be printed: name, message and stack, and those of its causes.
 *
 * When a cloud refuses a signature, it quotes the request with all headers, including the session token, in the message
 * and in other fields of the error. An SDK's error may also contain the request. So only the first line of a message is
 * kept, and only if it quotes nothing of a request. All other fields are dropped.
 */
export function printable(thrown: unknown, depth: number = deepest): Error {
  if (!(thrown instanceof Error)) return new Error(printableText(String(thrown)));
  const cause = thrown.cause === undefined || depth === 0 ? undefined : printable(thrown.cause, depth - 1);
  const error = new Error(printableText(thrown.message), cause && { cause });
  error.name = printableText(thrown.name);
  // Lambda prints the stack, but not the cause.
  const causes = cause ? [`Caused by ${cause.stack}`] : [];
  error.stack = [`${error.name}: ${error.message}`, ...framesOf(thrown), ...causes].join('\n');
  return error;
}

function printableText(text: string): string {
  const [line = ''] = text.split(/[\r\n]/);
  if (requestWords.test(line)) return '(the message repeats a request, and is left out)';
  return line.replace(secretRuns, '…');
}

/** The frames of a stack. The message is skipped first, because it may contain lines that look like frames. */
function framesOf({ message, stack = '' }: Error): readonly string[] {
  const start = stack.indexOf(message);
  const behind = start === -1 ? stack : stack.slice(start + message.length);
  return behind.split('\n').filter(line => /^ {4}at .+(?::\d+:\d+\)?|<anonymous>\))$/.test(line));
}
