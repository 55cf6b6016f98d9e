import type { Step } from './steps.ts';

/**
 * Whether a SAS that is limited to addresses lets the exporter in.
 * @param limit an address or a range of two, as the field `sip` has it; `null` if there is no limit
 * @param egressAddresses those of the exporter, `198.51.100.1, 198.51.100.2`; absent if it has none of its own
 */
export function addressSteps(limit: string | null, egressAddresses: string | undefined): Step[] {
  if (limit === null) return [];
  const name = 'the SAS lets in the addresses of the exporter';
  const [from = Number.NaN, to = from] = limit.split('-').map(numberOf);
  if (Number.isNaN(from) || Number.isNaN(to))
    return [{ name, outcome: 'wrong', detail: 'its limit (sip) is no IPv4 address, and no range of two' }];
  if (egressAddresses === undefined)
    return [
      {
        name,
        outcome: 'wrong',
        detail:
          'it is limited to some addresses (sip), and the exporter has none of its own: it writes from any of AWS',
        remedy:
          'The customer makes one without a limit; or the setting vpc gives the exporter addresses of its own',
      },
    ];
  const outside = egressAddresses
    .split(/[,\s]+/)
    .filter(address => !(numberOf(address) >= from && numberOf(address) <= to));
  if (outside.length === 0) return [];
  const detail = `its limit (sip) leaves out ${outside.join(' and ')}, from where the exporter writes`;
  return [
    { name, outcome: 'wrong', detail, remedy: `The customer makes one that lets in ${egressAddresses}` },
  ];
}

/** An IPv4 address as a number; `NaN` for what is none. */
function numberOf(address: string): number {
  const parts = address.trim().split('.');
  if (parts.length !== 4 || parts.some(part => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    return Number.NaN;
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
}
