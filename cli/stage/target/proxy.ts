import { CommandError } from '../../terminal/command-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The HTTPS proxy in the environment (`HTTPS_PROXY`, `NO_PROXY`, also in lower case), in the form that Node’s agent
 * expects; `undefined` without one. Only requests to AWS use it: customers’ buckets are reached directly, as from the
 * exporter.
 *
 * @throws CommandError `usage` if it is not an HTTP proxy; the message does not contain the URL, which may include a
 * password
 */
export function proxyOf(env: Environment): { HTTPS_PROXY: string; NO_PROXY: string } | undefined {
  const named = env.https_proxy || env.HTTPS_PROXY;
  if (!named) return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new CommandError(
      'usage',
      'HTTPS_PROXY is not an HTTP proxy: expected http://<host>:<port>; or unset it for this command',
    );
  return { HTTPS_PROXY: url, NO_PROXY: env.no_proxy || env.NO_PROXY || '' };
}
