import { join } from 'node:path';
import { type KitReader, readerNames } from '../../../lambdas/domain/reader.ts';
import type { Kit, KitInput } from '../../../readers/kit.ts';
import { loadKit } from '../../../readers/load.ts';
import { checkRecord } from '../../stage/account/check-record.ts';
import { existingRecord, openStores } from '../../stage/account/stores.ts';
import type { CommandContext } from '../../stage/context.ts';
import {
  type ActionsOptions,
  areDeployed,
  type LocalActions,
  readActions,
} from '../../stage/local-actions.ts';
import { CommandError } from '../../terminal/command-error.ts';
import type { Report } from '../../terminal/report.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import { counted } from '../../terminal/wording.ts';
import { type Cloud, inputForAccount, inputForAnyone, placeholders } from './kit-input.ts';
import { refuseUsedFolder, writeFolder } from './write-folder.ts';

export interface ReaderOptions extends ActionsOptions {
  readonly out: string;
  readonly destination?: Cloud;
}

/** Writes the kit of a reader for an account, or with placeholders. */
export async function writeKit(
  context: CommandContext,
  reader: KitReader,
  accountId: string | undefined,
  options: ReaderOptions,
  load: typeof loadKit = loadKit,
): Promise<Report> {
  const { out: folder, destination } = options;
  if (accountId !== undefined && destination !== undefined)
    throw new CommandError(
      'usage',
      '--destination: expected none with an account, because its record has one; nothing was written',
    );
  const actions = readActions(options);
  await refuseUsedFolder(folder);
  const { input, warnings } =
    accountId === undefined
      ? { input: inputForAnyone(reader, destination, actions.rules), warnings: [] }
      : await prepare(context, reader, accountId, actions);
  const createKit = await load(reader);
  const kit = accountId === undefined ? withWarning(createKit(input)) : createKit(input);
  await writeFolder(folder, kit);
  const files = kit.map(({ path }) => path).sort();
  const inPlace = accountId === undefined ? placeholdersIn(kit.map(({ text }) => text)) : [];
  return {
    json: { reader, accountId: accountId ?? null, folder, files, warnings },
    lines: ({ paint }) => [
      `${paint('green', '✓')} The kit for ${readerNames[reader]} is written, ${counted(files.length, 'file')}:`,
      ...files.map(file => `    ${join(folder, file)}`),
      ...warnings.map(warning => `${paint('yellow', '!')} ${warning}`),
      ...(inPlace.length === 0 ? [] : ['  Replace the placeholders:', ...inPlace]),
      `  Next: read ${join(folder, 'README.md')}`,
    ],
  };
}

/** Nobody may apply a kit with placeholders: a notification with a wrong prefix reports no file, and no error. */
function withWarning(kit: Kit): Kit {
  const warning =
    '> **Do not apply this kit.** It was made without an account, and words in capitals such as FOLDER and BUCKET stand for its values. ' +
    'Ask the vendor for the kit of your account.\n\n';
  return kit.map(file => (file.path === 'README.md' ? { ...file, text: warning + file.text } : file));
}

async function prepare(
  context: CommandContext,
  reader: KitReader,
  accountId: string,
  actions: LocalActions,
): Promise<{ readonly input: KitInput; readonly warnings: readonly string[] }> {
  const target = await context.target();
  const { command } = target;
  const account = checkRecord(await existingRecord(openStores(target), accountId), 'nothing was written');
  const environment = await target.environment();
  const { product } = environment.ocsf;
  const input = inputForAccount(account, reader, { product, actions: actions.rules, command });
  const update = accountCommand(`${command} account update`, accountId, `--reader ${reader}`);
  return {
    input,
    warnings: [
      ...(areDeployed(actions, environment)
        ? []
        : [
            `the stage was deployed with other actions than ${actions.path}, so its OCSF events and this kit differ in meaning: give the file of the setting actionsFile with --actions, or deploy the stage again`,
          ]),
      ...(account.reader === undefined || account.reader === reader
        ? []
        : [
            `the record names ${account.reader} as the reader, so verify and doctor check the files for that one: ${update}`,
          ]),
    ],
  };
}

/** The placeholders that are in the texts, with what they stand for. */
function placeholdersIn(texts: readonly string[]): string[] {
  return Object.entries(placeholders)
    .filter(([word]) => texts.some(text => new RegExp(`\\b${word}\\b`).test(text)))
    .map(([word, meaning]) => `    ${word}: ${meaning}`);
}
