/** How a text begins to repeat the headers of a request. */
const requestWords =
  /\bx-(?:amz|ms|goog)-|\bauthorization\b|\bcanonical\b|AWS4-HMAC|\b(?:credential|signature|signedheaders|sig)=|\b(?:bearer|sharedkey) /i;
/** Longer than words: parts of tokens, keys and signatures. Names and ARNs have hyphens. */
const secretRuns = /\beyJ[\w.-]+|[A-Za-z0-9+/=%]{40,}/g;
const deepest = 5;

/**
 * An error with what may be printed of it: name, message, and a stack that tells where it was thrown, with those of its
 * causes.
 *
 * A cloud that refuses a signature quotes the request with all its headers, session token included, in its message and
 * in fields of the error, and an SDK's error may hold the request itself. So a message is kept to its first line, and
 * only as long as it repeats nothing of a request; no other field is kept.
 */
export function printable(thrown: unknown, depth: number = deepest): Error {
  if (!(thrown instanceof Error)) return new Error(printableText(String(thrown)));
  const cause = thrown.cause === undefined || depth === 0 ? undefined : printable(thrown.cause, depth - 1);
  const error = new Error(printableText(thrown.message), cause && { cause });
  error.name = printableText(thrown.name);
  // Lambda prints the stack, and no cause.
  const causes = cause ? [`Caused by ${cause.stack}`] : [];
  error.stack = [`${error.name}: ${error.message}`, ...framesOf(thrown), ...causes].join('\n');
  return error;
}

function printableText(text: string): string {
  const [line = ''] = text.split(/[\r\n]/);
  if (requestWords.test(line)) return '(the message repeats a request, and is left out)';
  return line.replace(secretRuns, '…');
}

/** The lines of a stack behind its message, which may have several lines and look like one of them. */
function framesOf({ message, stack = '' }: Error): readonly string[] {
  const start = stack.indexOf(message);
  const behind = start === -1 ? stack : stack.slice(start + message.length);
  return behind.split('\n').filter(line => /^ {4}at .+(?::\d+:\d+\)?|<anonymous>\))$/.test(line));
}
