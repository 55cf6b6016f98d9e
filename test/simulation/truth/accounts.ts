import { marshall } from '@aws-sdk/util-dynamodb';
import type { Destination } from '../../../lambdas/domain/account.ts';
import type { Access } from '../services/cloud.ts';
import type { Item } from '../services/expressions.ts';
import { secretPrefix, secretText } from '../services/secrets.ts';
import type { Table } from '../services/table.ts';
import type { World } from '../world/world.ts';

export interface AccountRecord {
  readonly accountId: string;
  timeZone: string;
  status: 'active' | 'paused';
  addOnExpiresAt?: string | undefined;
  exportFrom?: string | undefined;
  destination: Destination;
  secretId?: string | undefined;
  format: 'ndjson' | 'json' | 'ocsf';
  compression: 'zip' | 'gzip' | 'none';
  emptyWindows: 'file' | 'skip';
}

/** A version of a record in the accounts table, from an instant on. */
export interface RecordVersion {
  readonly at: number;
  /** Absent while deleted. */
  readonly record: AccountRecord | undefined;
  readonly valid: boolean;
  /** True if the attributes that decide the windows are valid. */
  readonly scheduled: boolean;
}

/** An account as its operator and customer see it. */
export interface SimulatedAccount {
  readonly id: string;
  readonly number: number;
  readonly record: AccountRecord;
  readonly destinations: readonly Destination[];
  /** The fault in the record, if any. */
  fault: 'status' | 'timeZone' | 'destination' | undefined;
  deleted: boolean;
  readonly access: Access;
  generation: number;
  readonly versions: RecordVersion[];
}

export interface Provisioning {
  readonly accounts: readonly SimulatedAccount[];
  readonly secrets: Map<string, string>;
  /** Writes the present record. */
  put(account: SimulatedAccount): void;
  /** Stores the present generation of the credential for the destination. */
  storeSecret(account: SimulatedAccount): void;
  /** True if the store has the present generation of the credential for the account’s destination. */
  holdsSecret(account: SimulatedAccount): boolean;
  /** Replaces the credential: the store has the new one, and from now on only this is accepted. */
  rotate(account: SimulatedAccount): void;
  versionOf(item: Item | undefined): RecordVersion | undefined;
  indexed(timeZone: string): readonly string[];
  /** True if the record has not changed for longer than the delay of the index. */
  settledInIndex(account: SimulatedAccount): boolean;
}

const longestIndexLag = 3000;

export function createProvisioning(
  world: World,
  table: Table,
  accounts: readonly SimulatedAccount[],
): Provisioning {
  const secrets = new Map<string, string>();
  const index = new Map<string, string>();
  const shown = new Map<string, number>();
  const versions = new Map<string, RecordVersion>();
  const chance = world.random('index');
  let puts = 0;

  return {
    accounts,
    secrets,
    put(account) {
      const { id, record, deleted, fault } = account;
      const version: RecordVersion = {
        at: world.now(),
        record: deleted ? undefined : structuredClone(record),
        valid: !deleted && fault === undefined,
        scheduled: !deleted && fault !== 'timeZone',
      };
      account.versions.push(version);
      world.trace('operator', deleted ? `deletes ${id}` : `puts ${JSON.stringify(record)} fault ${fault}`);
      if (deleted) table.delete({ accountId: { S: id } });
      else {
        const put = `${puts++}`;
        versions.set(put, version);
        table.put(undefined, marshall({ ...spoilt(account), put }, { removeUndefinedValues: true }));
      }
      const zone = deleted ? undefined : fault === 'timeZone' ? 'Mars/Olympus' : record.timeZone;
      const lag = world.enables('stale-index') ? chance.integer(0, longestIndexLag) : 0;
      if (lag > 1000) world.inject('stale-index');
      world.at(world.now() + lag, () => {
        // The index may be behind, but never goes back to an earlier version.
        if ((shown.get(id) ?? 0) > account.versions.indexOf(version)) return;
        shown.set(id, account.versions.indexOf(version));
        if (zone === undefined) index.delete(id);
        else index.set(id, zone);
      });
    },
    storeSecret,
    holdsSecret({ number, record: { destination }, generation }) {
      return secrets.get(secretIdOf(number, destination)) === secretText(destination, generation);
    },
    rotate(account) {
      world.inject('rotated-secret');
      world.trace('operator', `rotates the secret of ${account.id}`);
      account.generation++;
      if (account.access.accepted !== undefined) account.access.accepted = account.generation;
      storeSecret(account);
    },
    versionOf: item => versions.get(item?.put?.S ?? ''),
    indexed: timeZone =>
      [...index.entries()]
        .filter(([, zone]) => zone === timeZone)
        .map(([id]) => id)
        .sort(),
    settledInIndex: account => world.now() - (account.versions.at(-1)?.at ?? 0) > longestIndexLag,
  };

  function storeSecret({ number, destinations, generation }: SimulatedAccount): void {
    for (const destination of destinations)
      secrets.set(secretIdOf(number, destination), secretText(destination, generation));
  }
}

export function secretIdOf(number: number, destination: Destination): string {
  const owner = destination.type === 'azure' ? destination.storageAccount : destination.type;
  return `${secretPrefix}${number}-${owner}`;
}

/** The record with its present fault. */
function spoilt({ record, fault }: SimulatedAccount): Record<string, unknown> {
  if (fault === 'status') return { ...record, status: 'enabled' };
  if (fault === 'timeZone') return { ...record, timeZone: 'Mars/Olympus' };
  if (fault === 'destination') return { ...record, destination: { ...record.destination, type: 'ftp' } };
  return { ...record };
}
