import type { Step } from './steps.ts';

/** Fields that Azure knows from a version on; below it the field is ignored, and the signature is another one. */
const since: readonly (readonly [field: string, version: string])[] = [
  ['ss', '2015-04-05'],
  ['srt', '2015-04-05'],
  ['spr', '2015-04-05'],
  ['sip', '2015-04-05'],
  ['skoid', '2018-11-09'],
  ['sdd', '2020-02-10'],
];

/** Since then a SAS without an access policy may be valid for longer than an hour. */
const earliestVersion = '2012-02-12';

/** What a SAS loses on the way from the portal to us: Azure then finds another signature than it computes. */
export function formSteps(sas: string, fields: URLSearchParams): Step[] {
  const detail = faultOf(sas, fields);
  return detail === undefined
    ? []
    : [{ name: 'the SAS is whole, as Azure issued it', outcome: 'wrong', detail }];
}

function faultOf(sas: string, fields: URLSearchParams): string | undefined {
  const names = [...fields.keys()];
  if (names.some(name => name.startsWith('amp;')))
    return 'it has &amp; in place of &: it was copied from the source of a web page';
  const repeated = names.find((name, at) => /^[a-z]{2,6}$/.test(name) && names.indexOf(name) !== at);
  if (repeated !== undefined) return `it has the field ${repeated} twice`;
  if (/%25[0-9A-F]{2}/i.test(sas)) return 'it is percent-encoded twice (%25): decode it once';
  return versionFault(fields) ?? signatureFault(/(?:^|&)sig=([^&]*)/.exec(sas)?.[1] ?? '');
}

function versionFault(fields: URLSearchParams): string | undefined {
  const version = fields.get('sv');
  if (version === null) return 'it lacks its version (sv), so its beginning was cut off';
  if (!/^\d{4}-\d\d-\d\d$/.test(version)) return 'its version (sv) is no date';
  if (version < earliestVersion && !fields.has('si'))
    return `its version (sv) is from before ${earliestVersion}, when a SAS was valid for an hour at most`;
  const newer = since.find(([field, from]) => fields.has(field) && version < from);
  return newer && `its version (sv) is older than its field ${newer[0]}, which Azure knows since ${newer[1]}`;
}

/** Azure's signatures are of 32 bytes, in base64 and percent-encoded. */
function signatureFault(signature: string): string | undefined {
  if (signature.includes('+'))
    return 'its signature (sig) has a bare +, which a server reads as a space: write %2B for it';
  const base64 = signature.replaceAll(/%([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return /^[A-Za-z0-9+/]{43}=?$/.test(base64)
    ? undefined
    : 'its signature (sig) is not one of 32 bytes in base64: it was cut off or altered';
}
