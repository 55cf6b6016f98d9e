import type { AzureDestination } from '../../../lambdas/domain/account.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import { displayName } from '../../terminal/display.ts';
import { accountCommand, shellWord } from '../../terminal/shell-word.ts';
import { span, utcTime } from '../../terminal/wording.ts';
import type { Step } from './steps.ts';

const day = 24 * 3_600_000;
/** A customer needs about so long to issue another. */
const warnBefore = 30 * day;

/**
 * What a SAS says about itself. Azure decides by it, so what is wrong here fails sooner or later, even if a small
 * object can be written now.
 */
export function readSas(sas: string, now: Instant): Step[] {
  const fields = new URLSearchParams(sas);
  return [...beginSteps(fields, now), expiryStep(fields, now), permissionStep(fields)];
}

/** What is wrong with the container that the URL of a SAS names: its signature is for that one only. */
export function containerSteps(
  secret: string,
  { accountId, destination: { container } }: { accountId: string; destination: AzureDestination },
  command: string,
): Step[] {
  const [named = '', ...blob] = pathOf(secret.trim()).split('/').slice(1);
  if (named === '' || (named === container && blob.join('/') === '')) return [];
  const name = 'the SAS is for the container of the record';
  if (named === container)
    return [
      {
        name,
        outcome: 'wrong',
        detail: 'it is for one blob of the container',
        remedy: 'The customer makes one for the container',
      },
    ];
  const update = accountCommand(`${command} account update`, accountId, `--container ${shellWord(named)}`);
  return [
    {
      name,
      outcome: 'wrong',
      detail: `it is for the container ${displayName(named)}, and the record names ${container}`,
      remedy: `The customer makes one for ${container}\nor, if the record is wrong: ${update}`,
    },
  ];
}

/** The path of the URL, if the secret is one or holds one. */
function pathOf(secret: string): string {
  const sasUrl: unknown = secret.startsWith('{') ? JSON.parse(secret).sasUrl : secret;
  return typeof sasUrl === 'string' && /^https:/i.test(sasUrl) ? new URL(sasUrl).pathname : '';
}

/** Most have no beginning, or a past one, of which nothing is to be told. */
function beginSteps(fields: URLSearchParams, now: Instant): Step[] {
  const begin = Date.parse(fields.get('st') ?? '');
  if (Number.isNaN(begin) || begin <= now) return [];
  return [
    {
      name: 'the SAS is valid already',
      outcome: 'wrong',
      detail: `it is valid from ${utcTime(begin)} on, ${span(begin - now)} from now`,
      remedy: 'Wait until then, or ask the customer for one that is valid now',
    },
  ];
}

function expiryStep(fields: URLSearchParams, now: Instant): Step {
  const name = 'the SAS is valid for long enough';
  const expiry = Date.parse(fields.get('se') ?? '');
  if (Number.isNaN(expiry))
    // A SAS of a stored access policy has its times in the policy, which only the customer sees.
    return {
      name,
      outcome: 'warning',
      detail: 'it does not say until when: ask the customer for the end of its access policy',
    };
  const left = expiry - now;
  if (left <= 0) return { name, outcome: 'wrong', detail: `it expired at ${utcTime(expiry)}` };
  const detail = `until ${utcTime(expiry)}, ${span(left)} from now`;
  return { name, outcome: left < warnBefore ? 'warning' : 'right', detail };
}

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
  const beyond = [...permissions].filter(letter => !'cw'.includes(letter)).join('');
  if (beyond !== '') return { name, outcome: 'warning', detail: `it allows more than is needed (${beyond})` };
  return { name, outcome: 'right' };
}
