import type { Destination } from '../../../lambdas/domain/account.ts';
import type { Random } from '../../../local/sample/random.ts';
import { invalidSecretText } from '../services/secrets.ts';
import type { Provisioning, SimulatedAccount } from '../truth/accounts.ts';
import { filesOf, secretFor } from '../truth/draw-account.ts';
import { hour, type Scenario } from '../truth/scenario.ts';
import type { FaultKind } from '../world/fault-kinds.ts';
import type { World } from '../world/world.ts';

export const otherZones = ['Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Chatham', 'UTC'];

/** The last one is a policy of the customer that forbids creating objects. */
const refusals = ['access_denied', 'bucket_missing', 'wrong_region', 'destination_rejected'] as const;

interface OperatorOptions {
  readonly world: World;
  readonly scenario: Scenario;
  readonly provisioning: Provisioning;
  /** Changes the limit by which later files are cut, as a deployment does. */
  changePartBytes(partBytes: number): void;
  /** Puts an object of the customer at the key that comes next. */
  putForeignObject(account: SimulatedAccount, destination: Destination): (() => void) | undefined;
}

/** Operators and customers: what they do to accounts while faults are injected. In the end they fix everything. */
export function startOperators(options: OperatorOptions): void {
  const { world, scenario, provisioning } = options;
  for (const account of provisioning.accounts) provision(options, account);
  if (world.enables('part-size')) {
    const random = world.random('part-size');
    for (let deployments = random.integer(1, 4); deployments > 0; deployments--)
      world.at(instantWithin(random, scenario), () => {
        world.inject('part-size');
        options.changePartBytes(random.integer(700, 4000));
      });
  }
}

function provision(
  { world, scenario, provisioning, putForeignObject }: OperatorOptions,
  account: SimulatedAccount,
) {
  const { put } = provisioning;
  const { record } = account;
  const random = world.random(`operator ${account.number}`);
  if (world.enables('invalid-record') && random.chance(0.3))
    account.fault = random.pick(['status', 'destination', 'timeZone']);
  const addedAt = scenario.start + (random.chance(0.6) ? 0 : random.integer(1, 12 * 60) * 60_000);
  world.at(addedAt, () => {
    provisioning.storeSecret(account);
    put(account);
    if (account.fault) {
      world.inject('invalid-record');
      world.at(world.now() + random.integer(10, 20 * 60) * 60_000, () => fix('invalid-record'));
    }
  });

  const actions: Partial<Record<FaultKind, (random: Random) => void>> = {
    'rotated-secret': () => provisioning.rotate(account),
    'missing-secret': chance => {
      const { secretId } = record;
      if (secretId === undefined) return;
      if (chance.chance(0.5)) provisioning.secrets.delete(secretId);
      else provisioning.secrets.set(secretId, invalidSecretText);
      later(chance, 10, () => provisioning.storeSecret(account));
    },
    'revoked-credential': chance => {
      if (chance.chance(0.5)) account.access.accepted = undefined;
      else account.access.refusal = chance.pick(refusals);
      later(chance, 40, () => fix('revoked-credential'));
    },
    pause: chance => {
      record.status = 'paused';
      put(account);
      later(chance, 20, () => fix('pause'));
    },
    'time-zone': chance => {
      record.timeZone = chance.pick(otherZones);
      put(account);
    },
    destination: chance => moveTo(chance.integer(1, account.destinations.length - 1)),
    'destination-and-back': chance => {
      moveTo(chance.integer(1, account.destinations.length - 1));
      later(chance, 6, () => moveTo(0));
    },
    format: chance => {
      record.format = chance.pick(filesOf(scenario, account.number).formats);
      put(account);
    },
    compression: chance => {
      record.compression = chance.pick(filesOf(scenario, account.number).compressions);
      record.emptyWindows = chance.pick(['file', 'skip']);
      put(account);
    },
    'same-record': () => put(account),
    'invalid-record': chance => {
      account.fault = chance.pick(['status', 'destination', 'timeZone']);
      put(account);
      later(chance, 15, () => fix('invalid-record'));
    },
    expiry: chance => {
      record.addOnExpiresAt = new Date(world.now() + chance.integer(-5, 8) * hour).toISOString();
      put(account);
      // Some customers renew their add-on, others leave.
      if (chance.chance(0.7))
        later(chance, 30, () => {
          record.addOnExpiresAt = chance.chance(0.5)
            ? undefined
            : new Date(scenario.end + 30 * hour).toISOString();
          put(account);
        });
    },
    deletion: chance => {
      account.deleted = true;
      put(account);
      later(chance, 10, () => fix('deletion'));
    },
    'foreign-object': chance => {
      // The present destination, or another one.
      const elsewhere = chance.chance(0.5) ? chance.integer(1, account.destinations.length - 1) : 0;
      const destination = elsewhere > 0 ? account.destinations[elsewhere] : record.destination;
      const remove = destination && putForeignObject(account, destination);
      if (!remove) return;
      if (elsewhere > 0) moveTo(elsewhere);
      later(chance, 12, remove);
    },
  };
  for (const [kind, act] of Object.entries(actions) as [FaultKind, (random: Random) => void][]) {
    const chance = world.random(`${kind} of ${account.number}`);
    const times = world.enables(kind) ? chance.integer(0, 2) : 0;
    for (let time = 0; time < times; time++)
      world.at(instantWithin(chance, scenario), () => {
        if (world.now() <= addedAt) return;
        world.inject(kind);
        world.trace('operator', `${kind} of ${account.id}`);
        act(chance);
      });
  }

  world.at(scenario.faultsUntil, () => {
    provisioning.storeSecret(account);
    fix('revoked-credential');
    record.status = 'active';
    account.fault = undefined;
    account.deleted = false;
    put(account);
  });

  function later(chance: Random, mostHours: number, run: () => void): void {
    const instant = world.now() + chance.integer(5, mostHours * 60) * 60_000;
    world.at(Math.min(instant, scenario.faultsUntil), run);
  }

  function moveTo(number: number): void {
    const destination = account.destinations[number];
    if (!destination) return;
    record.destination = destination;
    record.secretId = secretFor(account.number, destination).secretId;
    put(account);
  }

  function fix(what: 'invalid-record' | 'revoked-credential' | 'pause' | 'deletion'): void {
    if (what === 'invalid-record') account.fault = undefined;
    if (what === 'pause') record.status = 'active';
    if (what === 'deletion') account.deleted = false;
    if (what === 'revoked-credential') {
      account.access.accepted = account.generation;
      account.access.refusal = undefined;
    } else put(account);
  }
}

function instantWithin(random: Random, { start, faultsUntil }: Scenario): number {
  return random.integer(start + hour, faultsUntil - hour);
}
