import { CommandError } from '../../terminal/command-error.ts';
import { shellWord } from '../../terminal/shell-word.ts';
import type { Connection } from '../context.ts';
import type { PutClockForward } from './local.ts';
import type { Target } from './target.ts';

/** The default state file of local mode, relative to the folder in which local mode was started. */
export const defaultStateFile = 'out/local.json';

/** The state file, if the options select local mode. */
export function stateFileOf({ local, stateFile = defaultStateFile }: Connection): string | undefined {
  return local ? stateFile : undefined;
}

/**
 * Opens the stage that the options select.
 * @throws CommandError `usage` if they select none or two, `unreachable` if it does not exist
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

/** The beginning of commands for the same stage, so that printed commands can be pasted. */
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
