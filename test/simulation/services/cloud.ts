import type { Bucket, Creation, NewObject } from '../../../lambdas/buckets/bucket.ts';
import type { Destination } from '../../../lambdas/domain/account.ts';
import { type ActionNeededCode, ExportError } from '../../../lambdas/domain/failure.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';
import type { UploadFault } from '../world/fault-kinds.ts';
import { networkFailure, type Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { generationOf } from './secrets.ts';

export interface StoredObject {
  readonly place: string;
  readonly key: string;
  readonly body: Uint8Array;
  /** True if a customer put it there. */
  readonly foreign: boolean;
  readonly createdAt: number;
}

/** What a customer's cloud thinks of one account's credential. */
export interface Access {
  /** The only generation of the credential that is accepted; none when it is revoked. */
  accepted: number | undefined;
  refusal: ActionNeededCode | undefined;
}

export interface Cloud {
  /** By `<type>://<bucket>`, then by key. */
  readonly buckets: Map<string, Map<string, StoredObject>>;
  access(accountId: string): Access;
  isOut(type: Destination['type']): boolean;
  /** How many uploads out of a hundred meet a fault. */
  readonly faultsPerHundredUploads: number;
  /** Told of every object that comes to be, and of the one that it took the place of: there may be none. */
  onCreate(object: StoredObject, replaced: StoredObject | undefined): void;
  onExisting(process: Process, object: StoredObject): void;
  /** `unclear` if an earlier request of the same upload may have created the object. */
  onRefusal(
    process: Process,
    refusal: {
      accountId: string;
      code: ActionNeededCode;
      generation: number | undefined;
      unclear: boolean;
    },
  ): void;
  /** Told when an upload begins: what an earlier one read ahead in vain is let go. */
  onBegin(process: Process): void;
  /** Told when an upload is over: who packs its rows once more after that, for their figures, gives them to nobody. */
  onEnd(process: Process): void;
  onChunk(process: Process, bytes: number): void;
  /** Exchanges the credential of an account, in the store and in the cloud. */
  rotate(accountId: string): void;
}

const faults: readonly UploadFault[] = [
  'broken-upload',
  'unavailable-cloud',
  'repeated-upload',
  'unclear-refusal',
  'out-of-time',
  'refused-upload',
];
const transientRefusals = ['access_denied', 'destination_rejected', 'credentials_rejected'] as const;

/** A customer's bucket as one process sees it. Create-only, with the ways in which a driver may end. */
export function createSimulatedBucket(
  world: World,
  cloud: Cloud,
  process: Process,
  options: { accountId: string; destination: Destination; credential: Credential | undefined },
): Bucket {
  const { accountId, destination, credential } = options;
  const chance = world.random('uploads');
  const place = bucketPlace(destination);
  const generation = credential && generationOf(credential);

  return {
    async create(object, signal) {
      signal.throwIfAborted();
      cloud.onBegin(process);
      const creation = await upload(object, signal);
      cloud.onEnd(process);
      return creation;
    },
    close: () => undefined,
  };

  async function upload(object: NewObject, signal: AbortSignal): Promise<Creation> {
    const fault = drawFault();
    await process.wait(chance.integer(5, 60), signal);
    if (cloud.isOut(destination.type)) {
      process.trouble('cloud-outage');
      // Some outages show only when everything is sent.
      if (chance.chance(0.5)) await send(object, undefined, signal);
      await process.wait(20_000, signal);
      throw chance.chance(0.5)
        ? networkFailure()
        : new ExportError('destination_unavailable', 'The cloud answers with 503');
    }
    if (fault) process.trouble(fault);
    if (fault === 'unavailable-cloud')
      throw new ExportError('destination_unavailable', 'The cloud answers with 503');
    if (world.faulty() && world.enables('rotated-secret') && chance.chance(0.01)) cloud.rotate(accountId);
    authorize(false);
    if (fault === 'refused-upload') refuse(chance.pick(transientRefusals), false);
    // Some drivers learn at once that the object is there, others only when they have sent all of it.
    if (bucket().has(object.key) && chance.chance(0.4)) return existing(object.key);

    const body = await send(object, fault, signal);
    return finish({ ...object, bytes: body }, fault, signal);
  }

  async function send(
    object: NewObject,
    fault: UploadFault | undefined,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of object.body) {
      chunks.push(chunk);
      cloud.onChunk(process, chunk.length);
      await process.wait(chance.integer(1, 30), signal);
      if (fault === 'broken-upload' && chance.chance(0.5)) throw networkFailure();
    }
    // Long enough, at times, for the function to run out of time; else for it to queue the rest again.
    if (fault === 'out-of-time') await process.wait(chance.integer(9, 22) * 60_000, signal);
    return Buffer.concat(chunks);
  }

  async function finish(
    object: NewObject & { bytes: Uint8Array },
    fault: UploadFault | undefined,
    signal: AbortSignal,
  ): Promise<Creation> {
    if (fault === 'broken-upload') {
      // The request that creates the object gets no answer. It may have been done, be done later, or never.
      const fate = chance.pick(['done', 'later', 'never']);
      if (fate === 'done') put(object);
      if (fate === 'later') world.at(world.now() + chance.integer(1000, 50_000), () => put(object));
      throw networkFailure();
    }
    if (fault === 'unclear-refusal') {
      if (chance.chance(0.6)) put(object);
      await process.wait(500, signal);
      if (world.enables('rotated-secret') && chance.chance(0.3)) {
        cloud.rotate(accountId);
        authorize(true);
      }
      refuse(chance.pick(transientRefusals), true);
    }
    const sent = put;
    const drawn =
      world.faulty() && chance.chance(cloud.faultsPerHundredUploads / 100) ? chance.integer(0, 2) : 9;
    if (drawn === 0 && world.enables('crash-before')) {
      process.trouble('crash-before');
      process.crash('before the object is created');
      await process.wait(0);
    }
    const outcome = await afterLatency(() => sent(object), signal);
    if (drawn === 1 && world.enables('crash-after')) {
      process.trouble('crash-after');
      process.crash('after the object is created');
      await process.wait(0);
    }
    if (fault === 'repeated-upload' && outcome === 'created') {
      await process.wait(400, signal);
      return put(object) === 'exists' ? 'exists-perhaps-ours' : 'created';
    }
    return outcome === 'exists' ? existing(object.key) : outcome;
  }

  /** The request is on its way: whether it is answered, or the process lives, it is done. */
  async function afterLatency(effect: () => Creation, signal: AbortSignal): Promise<Creation> {
    let outcome: Creation | undefined;
    world.at(world.now() + chance.integer(1, 15), () => {
      outcome = effect();
    });
    await process.wait(chance.integer(16, 60), signal);
    if (outcome === undefined) throw new TypeError('The request has no outcome');
    return outcome;
  }

  function put({ key, bytes }: NewObject & { bytes: Uint8Array }): Creation {
    const present = bucket().get(key);
    if (present) return 'exists';
    const object = { place, key, body: bytes, foreign: false, createdAt: world.now() };
    bucket().set(key, object);
    world.trace(process.name, `creates ${place}/${key} of ${bytes.length} bytes`);
    cloud.onCreate(object, present);
    return 'created';
  }

  function existing(key: string): Creation {
    const object = bucket().get(key);
    world.trace(process.name, `finds ${place}/${key}`);
    if (object) cloud.onExisting(process, object);
    return 'exists';
  }

  function authorize(unclear: boolean): void {
    const { accepted, refusal } = cloud.access(accountId);
    if (refusal) refuse(refusal, unclear);
    if (generation !== undefined && generation !== accepted) refuse('credentials_rejected', unclear);
  }

  function refuse(code: ActionNeededCode, unclear: boolean): never {
    cloud.onRefusal(process, { accountId, code, generation, unclear });
    world.trace(process.name, `is refused: ${code}`);
    throw new ExportError(code, `The cloud refuses: ${code}`, { unclear });
  }

  function drawFault(): UploadFault | undefined {
    if (!world.faulty() || !chance.chance(cloud.faultsPerHundredUploads / 100)) return undefined;
    const fault = chance.pick(faults);
    return world.enables(fault) ? fault : undefined;
  }

  function bucket(): Map<string, StoredObject> {
    const known = cloud.buckets.get(place) ?? new Map<string, StoredObject>();
    cloud.buckets.set(place, known);
    return known;
  }
}

export function bucketPlace(destination: Destination): string {
  return destination.type === 'azure'
    ? `azure://${destination.storageAccount}/${destination.container}`
    : `${destination.type}://${destination.bucket}`;
}
