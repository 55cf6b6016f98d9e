import type { Account } from '../../../lambdas/domain/account.ts';
import { accountFolder } from '../../../lambdas/domain/object-key.ts';
import type { AzureCredential } from '../../../lambdas/domain/secret.ts';
import { displayName } from '../../terminal/display.ts';
import { accountCommand, shellWord } from '../../terminal/shell-word.ts';
import type { Step } from './steps.ts';

/**
 * Compares the place in a credential for Azure (the URL of a SAS, or the BlobEndpoint of a connection string) with
 * the record. A SAS is signed for one container, folder or blob, but its fields do not name it.
 */
export function placeSteps(account: Account, credential: AzureCredential, command: string): Step[] {
  const { destination } = account;
  if (destination.type !== 'azure') return [];
  const { container } = destination;
  const fields = new URLSearchParams('sas' in credential.access ? credential.access.sas : '');
  const [named = '', ...inside] = (credential.path ?? '').split('/');
  const name = 'the SAS is for the container of the record';
  const wrong = (detail: string, remedy: string): Step[] => [{ name, outcome: 'wrong', detail, remedy }];
  if (named !== '' && named !== container) {
    const update = accountCommand(
      `${command} account update`,
      account.accountId,
      `--container ${shellWord(named)}`,
    );
    const detail = `it is for the container ${displayName(named)}, but the record names ${container}`;
    const remedy = `The customer makes one for ${container}\nor, if the record is wrong: ${update}`;
    // An account key and an account SAS work for any container: then only the URL is misleading.
    const anywhere = !('sas' in credential.access) || fields.has('ss');
    return anywhere
      ? [{ name: 'the credential names the container of the record', outcome: 'warning', detail, remedy }]
      : wrong(detail, remedy);
  }
  const resource = fields.get('sr');
  if (resource === 'd') return folderSteps(name, account, inside, Number(fields.get('sdd')));
  const kind = resource === null ? undefined : otherResources.get(resource);
  if (kind !== undefined || (resource === null && !fields.has('ss') && inside.length > 0))
    return wrong(
      `it is for ${kind ?? 'one blob'} of the container`,
      'The customer makes one for the container',
    );
  return [];
}

const otherResources: ReadonlyMap<string, string> = new Map([
  ['b', 'one blob'],
  ['bs', 'a snapshot of one blob'],
  ['bv', 'a version of one blob'],
  ['f', 'a file of Azure Files, and none'],
  ['s', 'a share of Azure Files, and none'],
]);

/** A SAS for a folder works if the exports go below that folder. */
function folderSteps(name: string, account: Account, inside: readonly string[], depth: number): Step[] {
  const folder = inside.map(decodeURIComponent).join('/');
  const exports = accountFolder(account.destination.prefix, account.accountId);
  if (folder === '')
    return [
      {
        name,
        outcome: 'warning',
        detail: `it is for a folder at depth ${depth}, but does not name the folder: the exports go to ${exports}`,
      },
    ];
  if (exports.startsWith(`${folder}/`)) return [];
  return [
    {
      name,
      outcome: 'wrong',
      detail: `it is for the folder ${displayName(folder)}, but the exports go to ${exports}`,
      remedy: 'The customer makes one for the container, or for a folder above that of the exports',
    },
  ];
}
