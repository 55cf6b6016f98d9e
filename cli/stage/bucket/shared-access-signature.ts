import type { Instant } from '../../../lambdas/domain/instant.ts';
import { span, utcTime } from '../../terminal/wording.ts';
import { addressSteps } from './sas-addresses.ts';
import { formSteps } from './sas-form.ts';
import type { Step } from './steps.ts';

const day = 24 * 3_600_000;
/** Time that a customer needs to issue another one. */
const warnBefore = 30 * day;

/**
 * Checks the fields of a SAS. Azure enforces them, so a fault found here makes exports fail sooner or later, even if
 * a test upload works now.
 * @param egressAddresses the exporter’s fixed addresses; absent if its requests may come from any address of AWS
 */
export function readSas(sas: string, now: Instant, egressAddresses?: string): Step[] {
  const fields = new URLSearchParams(sas);
  return [
    ...formSteps(sas, fields),
    ...beginSteps(fields, now),
    expiryStep(fields, now),
    permissionStep(fields),
    ...scopeSteps(fields),
    ...addressSteps(fields.get('sip'), egressAddresses),
  ];
}

/** The formats of an instant that Azure accepts; how Azure reads any other format is unknown. */
const instant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d))?$/;

/** The instants in two fields, of the SAS and of the key that signed it; `NaN` if one cannot be read. */
function instantsIn(fields: URLSearchParams, names: readonly string[]) {
  return names.flatMap(name => {
    const text = fields.get(name);
    return text === null ? [] : [{ name, at: instant.test(text) ? Date.parse(text) : Number.NaN }];
  });
}

/** A SAS without a start, or with one in the past, needs no step. */
function beginSteps(fields: URLSearchParams, now: Instant): Step[] {
  const name = 'the SAS is valid already';
  const begins = instantsIn(fields, ['st', 'skt']);
  const unreadable = begins.find(({ at }) => Number.isNaN(at));
  if (unreadable !== undefined)
    return [
      {
        name,
        outcome: 'wrong',
        detail: `its beginning (${unreadable.name}) is not an instant in a format of Azure`,
      },
    ];
  const begin = Math.max(...begins.map(({ at }) => at));
  if (!(begin > now)) return [];
  return [
    {
      name,
      outcome: 'wrong',
      detail: `it is only valid from ${utcTime(begin)}, ${span(begin - now)} from now`,
      remedy: 'Wait until then, or ask the customer for one that is valid now',
    },
  ];
}

/** A SAS is not valid for longer than the key that signed it. */
function expiryStep(fields: URLSearchParams, now: Instant): Step {
  const name = 'the SAS is valid for long enough';
  const ends = instantsIn(fields, ['se', 'ske']);
  const unreadable = ends.find(({ at }) => Number.isNaN(at));
  if (unreadable !== undefined)
    return {
      name,
      outcome: 'wrong',
      detail: `its end (${unreadable.name}) is not an instant in a format of Azure`,
    };
  const [end] = ends.toSorted((one, other) => one.at - other.at);
  if (end === undefined)
    // With a stored access policy, the times are in the policy, which only the customer can see.
    return {
      name,
      outcome: 'warning',
      detail: 'its end is in its access policy: ask the customer for it',
    };
  const left = end.at - now;
  const signed = end.name === 'ske' ? ', with the key that signed it (ske)' : '';
  if (left <= 0) return { name, outcome: 'wrong', detail: `it expired at ${utcTime(end.at)}${signed}` };
  const ending = signed === '' ? '' : `: the key that signed it expires then (ske)`;
  const detail = `until ${utcTime(end.at)}, ${span(left)} from now${ending}`;
  return { name, outcome: left < warnBefore ? 'warning' : 'right', detail };
}

/** The order that Azure requires for the permissions of a service SAS. */
const order = 'racwdl';

function permissionStep(fields: URLSearchParams): Step {
  const name = 'the SAS allows create and write, and nothing else';
  const permissions = fields.get('sp');
  if (permissions === null)
    return {
      name,
      outcome: 'warning',
      detail: 'its permissions are in its access policy, which only the customer can see',
    };
  const lacksWrite = !permissions.includes('w');
  if (!permissions.includes('c'))
    return { name, outcome: 'wrong', detail: `it lacks Create (c)${lacksWrite ? ' and Write (w)' : ''}` };
  if (lacksWrite)
    return {
      name,
      outcome: 'warning',
      detail: 'it lacks Write (w): a file of more than one block (8 MiB) will be refused',
    };
  const ordered = [...permissions].filter(letter => order.includes(letter));
  if (
    !fields.has('ss') &&
    ordered.some((letter, at) => order.indexOf(letter) < order.indexOf(ordered[at - 1] ?? 'r'))
  )
    return {
      name,
      outcome: 'wrong',
      detail: `its permissions are not in the order that Azure requires (${order})`,
    };
  const beyond = [...permissions].filter(letter => !'cw'.includes(letter)).join('');
  if (beyond !== '') return { name, outcome: 'warning', detail: `it allows more than needed (${beyond})` };
  return { name, outcome: 'right' };
}

/** Restrictions of an account SAS (ss, srt) and of any SAS. */
function scopeSteps(fields: URLSearchParams): Step[] {
  const limits = [
    ['ss', 'b', 'the SAS is for blobs', 'it is for other services of the storage account (ss lacks b)'],
    ['srt', 'o', 'the SAS is for objects', 'it is for other kinds of resources (srt lacks o)'],
    ['sks', 'b', 'the SAS is for blobs', 'the key that signed it is for another service (sks is not b)'],
    ['spr', 'https', 'the SAS is for HTTPS', 'it is for plain HTTP only (spr)'],
  ] as const;
  return limits.flatMap(([field, needed, name, detail]) => {
    const value = fields.get(field);
    return value === null || value.includes(needed) ? [] : [{ name, outcome: 'wrong' as const, detail }];
  });
}
