import type { Step } from './steps.ts';

/**
 * The version from which Azure knows a field. With an older version, Azure ignores the field and computes another
 * signature.
 */
const since: readonly (readonly [field: string, version: string])[] = [
  ['ss', '2015-04-05'],
  ['srt', '2015-04-05'],
  ['spr', '2015-04-05'],
  ['sip', '2015-04-05'],
  ['skoid', '2018-11-09'],
  ['sdd', '2020-02-10'],
];

/** Before this version, a SAS without an access policy was valid for at most an hour. */
const earliestVersion = '2012-02-12';

/** Damage from copying a SAS, because of which Azure computes another signature. */
export function formSteps(sas: string, fields: URLSearchParams): Step[] {
  const detail = faultOf(sas, fields);
  return detail === undefined
    ? []
    : [{ name: 'the SAS is complete and unchanged', outcome: 'wrong', detail }];
}

function faultOf(sas: string, fields: URLSearchParams): string | undefined {
  const names = [...fields.keys()];
  if (names.some(name => name.startsWith('amp;')))
    return 'it has &amp; instead of &: it was copied from the source of a web page';
  const repeated = names.find((name, at) => /^[a-z]{2,6}$/.test(name) && names.indexOf(name) !== at);
  if (repeated !== undefined) return `it has the field ${repeated} twice`;
  if (/%25[0-9A-F]{2}/i.test(sas)) return 'it is percent-encoded twice (%25): decode it once';
  return versionFault(fields) ?? signatureFault(/(?:^|&)sig=([^&]*)/.exec(sas)?.[1] ?? '');
}

function versionFault(fields: URLSearchParams): string | undefined {
  const version = fields.get('sv');
  if (version === null) return 'its version (sv) is missing, so its beginning was cut off';
  if (!/^\d{4}-\d\d-\d\d$/.test(version)) return 'its version (sv) is not a date';
  if (version < earliestVersion && !fields.has('si'))
    return `its version (sv) is older than ${earliestVersion}, so it is valid for an hour at most`;
  const newer = since.find(([field, from]) => fields.has(field) && version < from);
  return newer && `its version (sv) is older than ${newer[1]}, which its field ${newer[0]} requires`;
}

/** A signature of Azure has 32 bytes, base64 and percent-encoded. */
function signatureFault(signature: string): string | undefined {
  if (signature.includes('+'))
    return 'its signature (sig) contains +, which a server reads as a space: replace it with %2B';
  const base64 = signature.replaceAll(/%([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return /^[A-Za-z0-9+/]{43}=?$/.test(base64)
    ? undefined
    : 'its signature (sig) is not 32 bytes in base64: it was cut off or altered';
}
