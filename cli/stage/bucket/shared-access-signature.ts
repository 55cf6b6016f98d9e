import type { Instant } from '../../../lambdas/domain/instant.ts';
import { span, utcTime } from '../../terminal/wording.ts';
import { addressSteps } from './sas-addresses.ts';
import { formSteps } from './sas-form.ts';
import type { Step } from './steps.ts';

const day = 24 * 3_600_000;
/** A customer needs about so long to issue another. */
const warnBefore = 30 * day;

/**
 * What a SAS says about itself. Azure decides by it, so what is wrong here fails sooner or later, even if a small
 * object can be written now.
 * @param egressAddresses where the exporter's requests come from; absent if from any address of AWS
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

/** The forms of an instant that Azure takes. Of any other nobody knows what Azure makes of it. */
const instant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d))?$/;

/** The instants in two fields, of the SAS itself and of the key that signed it; `NaN` where one cannot be read. */
function instantsIn(fields: URLSearchParams, names: readonly string[]) {
  return names.flatMap(name => {
    const text = fields.get(name);
    return text === null ? [] : [{ name, at: instant.test(text) ? Date.parse(text) : Number.NaN }];
  });
}

/** Most have no beginning, or a past one, of which nothing is to be told. */
function beginSteps(fields: URLSearchParams, now: Instant): Step[] {
  const name = 'the SAS is valid already';
  const begins = instantsIn(fields, ['st', 'skt']);
  const unreadable = begins.find(({ at }) => Number.isNaN(at));
  if (unreadable !== undefined)
    return [
      {
        name,
        outcome: 'wrong',
        detail: `its beginning (${unreadable.name}) is no instant in a form of Azure's`,
      },
    ];
  const begin = Math.max(...begins.map(({ at }) => at));
  if (!(begin > now)) return [];
  return [
    {
      name,
      outcome: 'wrong',
      detail: `it is valid from ${utcTime(begin)} on, ${span(begin - now)} from now`,
      remedy: 'Wait until then, or ask the customer for one that is valid now',
    },
  ];
}

/** The SAS ends with the key that signed it, whatever it says itself. */
function expiryStep(fields: URLSearchParams, now: Instant): Step {
  const name = 'the SAS is valid for long enough';
  const ends = instantsIn(fields, ['se', 'ske']);
  const unreadable = ends.find(({ at }) => Number.isNaN(at));
  if (unreadable !== undefined)
    return {
      name,
      outcome: 'wrong',
      detail: `its end (${unreadable.name}) is no instant in a form of Azure's`,
    };
  const [end] = ends.toSorted((one, other) => one.at - other.at);
  if (end === undefined)
    // A SAS of a stored access policy has its times in the policy, which only the customer sees.
    return {
      name,
      outcome: 'warning',
      detail: 'it does not say until when: ask the customer for the end of its access policy',
    };
  const left = end.at - now;
  const signed = end.name === 'ske' ? ', as the key that signed it (ske) does' : '';
  if (left <= 0) return { name, outcome: 'wrong', detail: `it expired at ${utcTime(end.at)}${signed}` };
  const ending = signed === '' ? '' : `: then the key that signed it ends (ske)`;
  const detail = `until ${utcTime(end.at)}, ${span(left)} from now${ending}`;
  return { name, outcome: left < warnBefore ? 'warning' : 'right', detail };
}

/** The order in which Azure wants the permissions of a SAS of one service. */
const order = 'racwdl';

function permissionStep(fields: URLSearchParams): Step {
  const name = 'the SAS allows to create and write, and nothing else';
  const permissions = fields.get('sp');
  if (permissions === null)
    return { name, outcome: 'warning', detail: 'it does not say what it allows: its access policy does' };
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
      detail: `its permissions are not in the order that Azure wants (${order})`,
    };
  const beyond = [...permissions].filter(letter => !'cw'.includes(letter)).join('');
  if (beyond !== '') return { name, outcome: 'warning', detail: `it allows more than is needed (${beyond})` };
  return { name, outcome: 'right' };
}

/** What a SAS of a whole storage account, and any SAS, may be limited to. */
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
