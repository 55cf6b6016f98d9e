import { createOcsfEncoder } from '../../../lambdas/archive/ocsf/ocsf-encoder.ts';
import { mappingId } from '../../../lambdas/domain/mapping.ts';
import type { ExporterEnvironment } from '../../../lambdas/environment.ts';
import { plainLines } from '../../../lambdas/exporter/cut-part.ts';
import { type ActionsOptions, mappingWith, readActions } from '../../stage/local-actions.ts';
import type { Encoding, FileWithObject } from './redeliver-file.ts';

/**
 * How the lines of each file are made. OCSF events need the vendor's actions, which only a file on this machine has.
 * @throws CommandError `usage` if a file has OCSF events and the actions are invalid
 */
export function encodingsFor(
  files: readonly FileWithObject[],
  accountId: string,
  environment: ExporterEnvironment,
  options: ActionsOptions,
): (file: FileWithObject) => Encoding {
  const plain: Encoding = { encode: plainLines, mapping: undefined };
  if (files.every(({ format }) => format !== 'ocsf')) return () => plain;
  const mapping = mappingWith(readActions(options), environment);
  const encoder = createOcsfEncoder(accountId, mapping);
  const events: Encoding = {
    encode: (page, to) => encoder.encode(page, 0, to),
    mapping: mappingId(mapping),
  };
  return ({ format }) => (format === 'ocsf' ? events : plain);
}
