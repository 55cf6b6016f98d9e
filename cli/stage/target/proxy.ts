import { CommandError } from '../../terminal/command-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for HTTPS (`HTTPS_PROXY`, `NO_PROXY`, in capitals or small letters), in the form in
 * which Node's own agent takes it; `undefined` without one. It is for the commands' requests to AWS. Customers' buckets are
 * reached as the exporter reaches them, directly.
 *
 * @throws CommandError `usage` if it is no HTTP proxy; never with its URL, which may hold a password
 */
export function proxyOf(env: Environment): { HTTPS_PROXY: string; NO_PROXY: string } | undefined {
  const named = env.https_proxy || env.HTTPS_PROXY;
  if (!named) return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new CommandError(
      'usage',
      'HTTPS_PROXY names no HTTP proxy: expected http://<host>:<port>, or clear it for this command',
    );
  return { HTTPS_PROXY: url, NO_PROXY: env.no_proxy || env.NO_PROXY || '' };
}
