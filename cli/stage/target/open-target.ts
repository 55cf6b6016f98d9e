import { CommandError } from '../../terminal/command-error.ts';
import { shellWord } from '../../terminal/shell-word.ts';
import type { Connection } from '../context.ts';
import type { PutClockForward } from './local.ts';
import type { Target } from './target.ts';

/** Where local mode describes itself, seen from the folder in which it was started. */
export const defaultStateFile = 'out/local.json';

/** The state file of local mode, if the options name local mode. */
export function stateFileOf({ local, stateFile = defaultStateFile }: Connection): string | undefined {
  return local ? stateFile : undefined;
}

/**
 * The stage that the options name.
 * @throws CommandError `usage` if they name none or two, `unreachable` if it is not there
 */
export async function openTarget(connection: Connection, putClockForward: PutClockForward): Promise<Target> {
  const { stage, region, profile } = connection;
  const stateFile = stateFileOf(connection);
  const command = commandFor(connection);
  if (stateFile !== undefined) {
    const { openLocalTarget } = await import('./local.ts');
    return openLocalTarget({ stateFile, command }, putClockForward);
  }
  if (stage === undefined)
    throw new CommandError('usage', 'Which stage? Give --stage <name> (or SIEM_EXPORT_STAGE), or --local');
  const { openDeployedTarget } = await import('./deployed.ts');
  return openDeployedTarget({ stage, region, profile, command });
}

/** The beginning of a command for the same stage: what is printed can be pasted as it is. */
function commandFor(connection: Connection): string {
  const { stage, region, profile } = connection;
  const stateFile = stateFileOf(connection);
  const options =
    stateFile === undefined
      ? { '--stage': stage, '--region': region, '--profile': profile }
      : { '--state-file': stateFile === defaultStateFile ? undefined : stateFile };
  const words = Object.entries(options).flatMap(([option, value]) =>
    value === undefined ? [] : [option, shellWord(value)],
  );
  return ['npx siem-export', ...(stateFile === undefined ? [] : ['--local']), ...words].join(' ');
}
