import {
  type Answer,
  type Bucket,
  composed,
  type NewObject,
  refused,
  type UploadWatch,
  unclear,
} from '../../../lambdas/buckets/bucket.ts';
import type { Destination } from '../../../lambdas/domain/account.ts';
import { type ActionNeededCode, ExportError, toExportError } from '../../../lambdas/domain/failure.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';
import type { Random } from '../../../local/sample/random.ts';
import type { UploadFault } from '../world/fault-kinds.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { type RawAnswer, rawAnswer, readAnswer } from './cloud-answers.ts';
import { generationOf } from './secrets.ts';

export interface StoredObject {
  readonly place: string;
  readonly key: string;
  readonly body: Uint8Array;
  /** True if a customer put it there. */
  readonly foreign: boolean;
  readonly createdAt: number;
  /** When its rows were first read. */
  readonly readFrom: number;
}

/** How a customer’s cloud judges an account’s credential. */
export interface Access {
  /** The only accepted generation of the credential; none if it is revoked. */
  accepted: number | undefined;
  refusal: ActionNeededCode | undefined;
}

export interface Cloud {
  /** By `<type>://<bucket>`, then by key. */
  readonly buckets: Map<string, Map<string, StoredObject>>;
  access(accountId: string): Access;
  /** The present fault of a whole cloud, if any. */
  trouble(type: Destination['type']): 'cloud-outage' | 'silent-cloud' | undefined;
  /** Faults per hundred uploads. */
  readonly faultsPerHundredUploads: number;
  /** Larger files are uploaded in several requests. */
  readonly pieceBytes: number;
  /** The upload time per byte to the account’s bucket, in milliseconds. */
  slowness(accountId: string): number;
  /** Called for every created object, with the one that it replaced, if any. */
  onCreate(process: Process, object: StoredObject, replaced: StoredObject | undefined): void;
  onExisting(process: Process, object: StoredObject): void;
  onRefusal(
    process: Process,
    refusal: { accountId: string; code: ActionNeededCode; generation: number | undefined },
  ): void;
  /** Called for every request whose effect is unclear. */
  onUnclear(process: Process): void;
  /** Called when an upload begins: it discards what an earlier one read ahead. */
  onBegin(process: Process): void;
  /** Called when an upload ends: rows that are packed again later, for their figures, are not uploaded. */
  onEnd(process: Process): void;
  onChunk(process: Process, bytes: number): void;
  /** Replaces the credential of an account in the store and in the cloud. */
  rotate(accountId: string): void;
}

type ReadObject = NewObject & { readonly bytes: Uint8Array } & Pick<StoredObject, 'readFrom'>;

/** How a cloud treats the request that creates the object. */
type Behaviour = 'usual' | 'refuse' | `${'unavailable' | 'unreadable' | 'lost'}${'' | ' done' | ' later'}`;

const faults: readonly UploadFault[] = [
  'broken-upload',
  'unavailable-cloud',
  'repeated-upload',
  'unclear-refusal',
  'out-of-time',
  'killed-upload',
  'refused-upload',
  'unreadable-success',
];
const transientRefusals = ['access_denied', 'destination_rejected', 'credentials_rejected'] as const;
/** The driver’s maximum number of attempts at that request. */
const mostTries = 3;
const minute = 60_000;

/** A customer’s bucket as seen by one process: create-only, with all outcomes that a driver may report. */
export function createSimulatedBucket(
  world: World,
  cloud: Cloud,
  process: Process,
  options: {
    readonly accountId: string;
    readonly destination: Destination;
    readonly credential: Credential | undefined;
    readonly silenceMs: number;
  },
): Bucket {
  const { accountId, destination, credential, silenceMs } = options;
  const { type } = destination;
  const chance = world.random('uploads');
  const place = bucketPlace(destination);
  const generation = credential && generationOf(credential);

  return {
    async create(object, watch) {
      cloud.onBegin(process);
      const answer = await upload(object, watch).catch(thrown => refused(toExportError(thrown)));
      cloud.onEnd(process);
      return answer;
    },
    close: () => undefined,
  };

  /** Errors that it throws happened before the request that creates the object. */
  async function upload(object: NewObject, watch: UploadWatch): Promise<Answer> {
    const { signal } = watch;
    signal.throwIfAborted();
    const readFrom = world.now();
    const fault = drawFault();
    await process.wait(chance.integer(5, 60), signal);
    const trouble = cloud.trouble(type);
    if (trouble) process.trouble(trouble);
    // Some faults show only after everything is sent.
    if (trouble && chance.chance(0.5)) return refused(await failureBy(trouble, signal));
    if (fault) process.trouble(fault);
    if (world.faulty() && world.enables('rotated-secret') && chance.chance(0.01)) cloud.rotate(accountId);
    const refusal = fault === 'refused-upload' ? chance.pick(transientRefusals) : refusalByAccess();
    if (refusal) return readAnswer(refuse(refusal));
    // Some drivers learn at once that the object exists, others only after sending everything.
    if (bucket().has(object.key) && chance.chance(0.4)) return readAnswer(existing(object.key));

    const { bytes, isStaged } = await send(object, fault, watch);
    if (trouble && isStaged) return refused(await failureBy(trouble, signal));
    await watch.step('creating');
    return create({ ...object, bytes, readFrom }, trouble ?? fault, signal);
  }

  /** Sends the body, except the last request, which creates the object. */
  async function send({ body }: NewObject, fault: UploadFault | undefined, watch: UploadWatch) {
    const chunks: Uint8Array[] = [];
    let size = 0;
    let isStaged = false;
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      cloud.onChunk(process, chunk.length);
      if (size > cloud.pieceBytes && !isStaged) {
        await watch.step('staging');
        isStaged = true;
      }
      const slowly = chunk.length * cloud.slowness(accountId);
      await process.wait(chance.integer(1, 30) + slowly, watch.signal);
      if (fault === 'broken-upload' && chance.chance(0.5)) throw networkFailure();
    }
    // Sometimes long enough for the function to run out of time; else it queues the rest again.
    if (fault === 'out-of-time') await process.wait(chance.integer(9, 22) * minute, watch.signal);
    if (fault === 'killed-upload') await process.wait(16 * minute);
    return { bytes: Buffer.concat(chunks), isStaged };
  }

  async function create(
    object: ReadObject,
    fault: UploadFault | 'cloud-outage' | 'silent-cloud' | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    const behaviours = behavioursBy(fault, chance);
    let answer: Answer | undefined;
    for (let tries = 0; tries < mostTries; tries++) {
      let later: Answer;
      let status = 0;
      try {
        const raw = await perform(behaviours[tries] ?? 'usual', object, signal);
        if (fault === 'silent-cloud') later = unclear(await failureBy(fault, signal));
        else later = raw ? readAnswer(raw) : unclear(networkFailure());
        status = raw?.status ?? 0;
      } catch (thrown) {
        later = unclear(toExportError(thrown));
      }
      if (later.kind === 'unclear') cloud.onUnclear(process);
      answer = composed(answer, later);
      if (status !== 503) break;
      await process.wait(chance.integer(300, 900));
    }
    if (!answer) throw new TypeError('Nothing was tried');
    return answer;
  }

  /** One creating request: it takes effect whether or not it is answered and the process survives. */
  async function perform(
    behaviour: Behaviour,
    object: ReadObject,
    signal: AbortSignal,
  ): Promise<RawAnswer | undefined> {
    const drawn =
      world.faulty() && chance.chance(cloud.faultsPerHundredUploads / 100) ? chance.integer(0, 2) : 9;
    if (drawn === 0 && world.enables('crash-before')) {
      process.trouble('crash-before');
      process.crash('before the object is created');
      await process.wait(0);
    }
    let raw: RawAnswer | undefined;
    const [what, fate] = behaviour.split(' ');
    const delay = fate === 'later' ? chance.integer(1000, 50_000) : chance.integer(1, 15);
    world.at(world.now() + delay, () => {
      if (what === 'refuse') raw = refuse(refusalNow());
      else if (what === 'usual') raw = put(object);
      else if (fate !== undefined) put(object);
    });
    await process.wait(chance.integer(16, 60), signal);
    if (drawn === 1 && world.enables('crash-after')) {
      process.trouble('crash-after');
      process.crash('after the object is created');
      await process.wait(0);
    }
    if (what === 'unavailable') return { status: 503, words: 'SlowDown' };
    return what === 'unreadable' ? { status: 200, words: undefined } : raw;
  }

  function refusalNow(): ActionNeededCode {
    if (world.enables('rotated-secret') && chance.chance(0.3)) cloud.rotate(accountId);
    return refusalByAccess() ?? chance.pick(transientRefusals);
  }

  function put({ key, bytes, readFrom }: ReadObject): RawAnswer {
    const present = bucket().get(key);
    if (present) return existing(key);
    const object = { place, key, body: bytes, foreign: false, createdAt: world.now(), readFrom };
    bucket().set(key, object);
    world.trace(process.name, `creates ${place}/${key} of ${bytes.length} bytes`);
    cloud.onCreate(process, object, present);
    return { status: 200, words: 'Created' };
  }

  function existing(key: string): RawAnswer {
    const object = bucket().get(key);
    world.trace(process.name, `finds ${place}/${key}`);
    if (object) cloud.onExisting(process, object);
    return rawAnswer(chance, type, 'exists');
  }

  function refusalByAccess(): ActionNeededCode | undefined {
    const { accepted, refusal } = cloud.access(accountId);
    if (refusal) return refusal;
    return generation !== undefined && generation !== accepted ? 'credentials_rejected' : undefined;
  }

  function refuse(code: ActionNeededCode): RawAnswer {
    cloud.onRefusal(process, { accountId, code, generation });
    world.trace(process.name, `is refused: ${code}`);
    return rawAnswer(chance, type, code);
  }

  async function failureBy(
    trouble: 'cloud-outage' | 'silent-cloud',
    signal: AbortSignal,
  ): Promise<ExportError> {
    await process.wait(trouble === 'silent-cloud' ? silenceMs : 20_000, signal);
    if (trouble === 'silent-cloud') return new ExportError('no_answer', 'The cloud is silent');
    return chance.chance(0.5)
      ? networkFailure()
      : new ExportError('destination_unavailable', 'The cloud answers with 503');
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

/** The behaviour for one attempt after the other; later ones succeed. */
function behavioursBy(fault: string | undefined, chance: Random): readonly Behaviour[] {
  const fate = chance.pick(['', ' done', ' later'] as const);
  switch (fault) {
    case 'broken-upload':
    case 'silent-cloud':
      return [`lost${fate}`];
    case 'unavailable-cloud':
    case 'cloud-outage':
      return ['unavailable', `unavailable${fate}`, 'unavailable'];
    case 'repeated-upload':
      return [`unavailable${fate}`];
    case 'unclear-refusal':
      return [`unavailable${fate}`, 'refuse'];
    case 'unreadable-success':
      return chance.chance(0.5) ? [`unreadable${fate}`] : [`unavailable${fate}`, `unreadable${fate}`];
    default:
      return [];
  }
}

function networkFailure(): ExportError {
  return new ExportError('network', 'The connection broke');
}

export function bucketPlace(destination: Destination): string {
  return destination.type === 'azure'
    ? `azure://${destination.storageAccount}/${destination.container}`
    : `${destination.type}://${destination.bucket}`;
}
