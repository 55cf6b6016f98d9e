import { CommandError } from '../../terminal/command-error.ts';

/**
 * Asks a running local mode for something that EventBridge or Lambda does automatically in AWS.
 * @throws CommandError `unreachable` if it does not answer, `usage` with its message if it refuses
 */
export async function askLocalMode(
  control: string,
  path: 'ticks' | 'queue',
  question: object,
): Promise<unknown> {
  const response = await post(`${control}/${path}`, JSON.stringify(question));
  if (response.ok) return response.json();
  throw new CommandError('usage', await response.text());
}

async function post(url: string, body: string): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', body });
  } catch (thrown) {
    throw new CommandError(
      'unreachable',
      'Local mode does not answer: look at the terminal in which it runs',
      {
        cause: thrown,
      },
    );
  }
}
