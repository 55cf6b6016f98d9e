import type { Source } from '../kit.ts';
import { source } from './names.ts';

type Container = Extract<Source, { type: 'azure' }>;

/** The name of the connection that the trigger uses, and the beginning of its settings. */
const connection = 'AUDIT_LOG_STORAGE';

/** The binding of the function that reads the account's files. */
export function functionBinding({ container }: Container, folder: string): object {
  return {
    bindings: [
      {
        name: 'blobContent',
        type: 'blobTrigger',
        direction: 'in',
        // A brace in a path is doubled, because a single one begins a pattern.
        path: `${container}/${folder.replaceAll(/[{}]/g, '$&$&')}{name}`,
        connection,
        // Otherwise the host may parse a file of one line, and give the function an object.
        dataType: 'binary',
      },
    ],
  };
}

/** The settings of the function app. Its identity opens the storage account and the key vault, so no secret is here. */
export function appSettings({ host }: Container): object[] {
  const settings = {
    DD_API_KEY: '@Microsoft.KeyVault(SecretUri=REPLACE_WITH_SECRET_URI)',
    DD_SITE: 'REPLACE_WITH_DATADOG_SITE',
    DD_SOURCE: source,
    DD_SERVICE: source,
    [`${connection}__blobServiceUri`]: `https://${host}`,
    [`${connection}__queueServiceUri`]: `https://${host.replace('.blob.', '.queue.')}`,
  };
  return Object.entries(settings).map(([name, value]) => ({ name, value, slotSetting: false }));
}
