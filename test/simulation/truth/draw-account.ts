import type { Destination } from '../../../lambdas/domain/account.ts';
import type { Random } from '../../../local/sample/random.ts';
import type { World } from '../world/world.ts';
import { type SimulatedAccount, secretIdOf } from './accounts.ts';
import { hour, type Scenario } from './scenario.ts';

const ids = ['acme', 'a/b', '../../x', 'zürich 🏦', 'x'.repeat(128), 'tab\u0009id'];

/** An account as first written to the table. */
export function drawAccount(world: World, scenario: Scenario, number: number): SimulatedAccount {
  const random = world.random(`account ${number}`);
  const destinations = destinationsOf(number, random.integer(0, 3));
  const [destination] = destinations;
  if (!destination) throw new RangeError('An account has a destination');
  const { formats, compressions } = filesOf(scenario, number);
  const id = `${random.chance(0.3) ? random.pick(ids) : 'account'}-${number}`.slice(-128);
  return {
    id,
    number,
    record: {
      accountId: id,
      timeZone: scenario.timeZones[number % scenario.timeZones.length] ?? 'UTC',
      status: 'active',
      destination,
      ...secretFor(number, destination),
      exportFrom: drawExportFrom(random, scenario, number),
      format: random.pick(formats),
      compression: random.pick(compressions),
      emptyWindows: random.pick(['file', 'file', 'skip']),
    },
    destinations,
    fault: undefined,
    deleted: false,
    access: { accepted: 1, refusal: undefined },
    generation: 1,
    versions: [],
  };
}

/**
 * How an account's files may be made. A slow bucket takes a few hundred bytes a minute, which is not enough for the smallest
 * part of a file that is not packed.
 */
export function filesOf({ slowness }: Scenario, number: number) {
  return slowness > 0 && number === 0
    ? ({ formats: ['ndjson', 'json'], compressions: ['zip', 'gzip'] } as const)
    : ({ formats: ['ndjson', 'json', 'ocsf'], compressions: ['zip', 'gzip', 'none'] } as const);
}

function drawExportFrom(random: Random, { start, enabled }: Scenario, number: number): string | undefined {
  // A backlog of hundreds of windows.
  if (enabled.has('backlog') && number === 0)
    return new Date(start - random.integer(35, 70) * 24 * hour).toISOString();
  return random.chance(0.3) ? new Date(start - random.integer(-6, 24) * hour).toISOString() : undefined;
}

/** A role needs no secret. */
export function secretFor(number: number, destination: Destination): { secretId: string | undefined } {
  const byRole = destination.type === 's3' && destination.roleArn !== undefined;
  return { secretId: byRole ? undefined : secretIdOf(number, destination) };
}

function destinationsOf(number: number, first: number): readonly Destination[] {
  const all: readonly Destination[] = [
    { type: 's3', bucket: 'shared-bucket', region: 'eu-central-1', prefix: `siem/${number}` },
    { type: 'gcs', bucket: `audit-${number}` },
    { type: 'azure', storageAccount: 'simulated', container: `audit-${number}`, prefix: 'logs' },
    // Differs from the previous one only in its storage account.
    { type: 'azure', storageAccount: 'elsewhere', container: `audit-${number}`, prefix: 'logs' },
    {
      type: 's3',
      bucket: `by-role-${number}`,
      region: 'us-east-1',
      roleArn: 'arn:aws:iam::123456789012:role/siem',
      externalId: `external-${number}`,
    },
    { type: 's3', bucket: 'shared-bucket', region: 'eu-central-1' },
  ];
  return [...all.slice(first), ...all.slice(0, first)];
}
