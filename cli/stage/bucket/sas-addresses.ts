import type { Step } from './steps.ts';

/**
 * Whether a SAS with an IP restriction admits the exporter.
 * @param limit an address or a range of two, from the field `sip`; `null` without a restriction
 * @param egressAddresses the exporter’s addresses, `198.51.100.1, 198.51.100.2`; absent if it has no fixed ones
 */
export function addressSteps(limit: string | null, egressAddresses: string | undefined): Step[] {
  if (limit === null) return [];
  const name = 'the SAS admits the addresses of the exporter';
  const [from = Number.NaN, to = from] = limit.split('-').map(numberOf);
  if (Number.isNaN(from) || Number.isNaN(to))
    return [
      {
        name,
        outcome: 'wrong',
        detail: 'its IP restriction (sip) is neither an IPv4 address nor a range of two',
      },
    ];
  if (egressAddresses === undefined)
    return [
      {
        name,
        outcome: 'wrong',
        detail:
          'it is restricted to some addresses (sip), but the exporter has no fixed address: it writes from any address of AWS',
        remedy:
          'The customer makes one without the restriction; or set vpc, which gives the exporter fixed addresses',
      },
    ];
  const outside = egressAddresses
    .split(/[,\s]+/)
    .filter(address => !(numberOf(address) >= from && numberOf(address) <= to));
  if (outside.length === 0) return [];
  const detail = `its IP restriction (sip) excludes ${outside.join(' and ')}, from which the exporter writes`;
  return [
    { name, outcome: 'wrong', detail, remedy: `The customer makes one that admits ${egressAddresses}` },
  ];
}

/** An IPv4 address as a number; `NaN` for anything else. */
function numberOf(address: string): number {
  const parts = address.trim().split('.');
  if (parts.length !== 4 || parts.some(part => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    return Number.NaN;
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
}
