import { createHash } from 'node:crypto';
import type { StoredObject } from '../services/cloud.ts';
import type { Item } from '../services/expressions.ts';
import { boundaryAfter, boundaryUpTo } from '../truth/boundaries.ts';
import type { World } from '../world/world.ts';
import { createAttemptWatch } from './attempt-watch.ts';
import {
  type CursorItem,
  canHaveCreated,
  type IntentItem,
  keyOf,
  placeIn,
  readCursorItem,
} from './cursor-item.ts';
import type { Invocation } from './invocation.ts';
import type { WorkWatch } from './work-watch.ts';

/** A delivered file according to the ledger. */
export interface Commit {
  readonly accountId: string;
  readonly intent: IntentItem;
  readonly final: boolean;
  readonly at: number;
  readonly row: Item;
  readonly object: StoredObject | undefined;
  /** A customer’s object that had to be taken for ours, because the outcome of an attempt was unknown. */
  readonly ambiguous: boolean;
  /**
   * Rows were added or deleted between the attempt that created the object and the retry that found it and recorded
   * the figures.
   */
  readonly recomputed: boolean;
}

interface LedgerWatchOptions {
  readonly world: World;
  readonly fileRow: (accountId: string, windowEnd: number, part: number) => Item | undefined;
  readonly objectAt: (place: string, key: string) => StoredObject | undefined;
  /** True if a customer ever put an object there, even if it was removed. */
  readonly wasForeign: (place: string, key: string) => boolean;
  /** @param key absent for a window without an object */
  readonly wasTold: (accountId: string, windowEnd: number, key: string | undefined) => boolean;
  readonly wasRedirected: (accountId: string, windowEnd: number, part: number) => boolean;
  /** The limits that were ever deployed, as `partBytes level`. */
  readonly limits: ReadonlySet<string>;
  readonly work: WorkWatch;
  /** True if a row of the window appeared or was deleted since an instant. */
  readonly hasChanged: (accountId: string, window: IntentItem, since: number) => boolean;
  /** Called for a write that says how far windows were counted again. */
  readonly onRecounted: (accountId: string, before: Item, after: Item) => void;
}

/** Checks every write to a cursor: ADR 0001 and 0007 in docs/maintainer/adr must allow it, and it must be true. */
export function createLedgerWatch(options: LedgerWatchOptions) {
  const { world, fileRow, objectAt, wasForeign, wasTold, wasRedirected, limits, work, hasChanged } = options;
  const attemptWatch = createAttemptWatch(world);
  const commits = new Map<string, Commit[]>();
  const first = new Map<string, number>();
  const intended = new Set<string>();
  /** The last written row of a file, until the cursor moves with it. */
  let loose: string | undefined;
  const createdAt = new Map<string, number>();
  const lastWrites = new Map<string, { readonly at: number; readonly by: Invocation | undefined }>();

  return {
    commits: (accountId: string): readonly Commit[] => commits.get(accountId) ?? [],
    firstPosition: (accountId: string) => first.get(accountId),
    /** True if an intent for the object was ever in the ledger. */
    isIntended: (place: string, key: string) => intended.has(`${place} ${key}`),
    lastWrite: (accountId: string) => lastWrites.get(accountId)?.at ?? 0,
    /** Called when a run tries to create a cursor that exists: it may have been created after the run read it. */
    onCursorThere(invocation: Invocation | undefined, { accountId }: Item) {
      if (invocation && (createdAt.get(accountId?.S ?? '') ?? 0) < invocation.begun)
        world.violate('first-sight', `${accountId?.S} has a cursor, and ${invocation.process.name} saw none`);
    },
    /** True if another run has written to the cursor since this one began. */
    isContested(accountId: string, invocation: Invocation) {
      const last = lastWrites.get(accountId);
      return last !== undefined && last.by !== invocation && last.at >= invocation.begun;
    },
    onWrite(invocation: Invocation | undefined, before: Item | undefined, after: Item | undefined) {
      const accountId = after?.accountId?.S ?? '';
      const entry = after?.entry?.S;
      const row = loose;
      loose = entry === 'cursor' ? undefined : `${accountId} ${entry}`;
      const isAlone = row !== undefined && (entry !== 'cursor' || !moves(before, after));
      if (isAlone) world.violate('ledger', `${row} is written, and the cursor does not move with it`);
      if (!after || entry !== 'cursor') return;
      // A recount does not disturb other runs, so it is no excuse for them.
      if (before && before.recountedThrough?.S !== after.recountedThrough?.S)
        return options.onRecounted(accountId, before, after);
      lastWrites.set(accountId, { at: world.now(), by: invocation });
      const next = readCursorItem(after);
      if (!invocation) return world.violate('ledger', 'Somebody other than an exporter writes to the ledger');
      if (!before) return created(accountId, next, invocation);
      changed(accountId, readCursorItem(before), next, invocation);
    },
  };

  function created(accountId: string, { through, version }: CursorItem, invocation: Invocation) {
    first.set(accountId, through);
    createdAt.set(accountId, world.now());
    const record = invocation.records.get(accountId)?.record;
    const ticks = invocation.messages.flatMap(({ content }) =>
      content?.accountId === accountId ? [content.tick] : [],
    );
    if (!record || version !== 0)
      return world.violate('first-position', `A cursor of ${accountId} from nowhere`);
    const expected = ticks.map(tick =>
      record.exportFrom === undefined
        ? boundaryUpTo(record.timeZone, boundaryUpTo(record.timeZone, tick) - 1)
        : boundaryUpTo(record.timeZone, Date.parse(record.exportFrom)),
    );
    if (!expected.includes(through))
      world.violate(
        'first-position',
        `${accountId} begins at ${iso(through)}, expected ${expected.map(iso)}`,
      );
  }

  function changed(accountId: string, before: CursorItem, after: CursorItem, invocation: Invocation) {
    const moved = isElsewhere(before, after);
    const redirected =
      before.intent?.place !== after.intent?.place || before.intent?.manner !== after.intent?.manner;
    const isCommit = moved && before.intent !== undefined;
    const isStruckOut = !isCommit && attemptWatch.onChange(accountId, before, after, invocation);
    if (after.version !== before.version + (moved || redirected || isStruckOut ? 1 : 0))
      world.violate(
        'version',
        `The cursor of ${accountId} went from version ${before.version} to ${after.version}`,
      );
    if (after.failures > before.failures) failed(accountId, before, after, invocation);
    if (after.intent) intended.add(`${after.intent.place} ${keyOf(accountId, after.intent)}`);
    if (!before.intent && after.intent) return begun(accountId, before, after.intent, invocation);
    if (moved) return committed(accountId, before, after, invocation);
    if (redirected && before.intent && after.intent) redirect(accountId, before, after.intent, invocation);
  }

  function failed(accountId: string, before: CursorItem, after: CursorItem, invocation: Invocation) {
    work.onExcuse(accountId);
    if (after.lastError === 'no_answer' && (world.faults.get('silent-cloud') ?? 0) > 0)
      invocation.couldNotDeliver = true;
    if (after.lastError !== 'out_of_time' || !before.intent) return;
    invocation.couldNotDeliver = true;
    work.onTimeOut(accountId, before.intent.partBytes, invocation);
  }

  function begun(accountId: string, before: CursorItem, intent: IntentItem, invocation: Invocation) {
    const version = invocation.records.get(accountId);
    const { record } = version ?? {};
    if (!record || !version?.valid)
      return world.violate('intent', `${accountId} is exported without a valid record`);
    if (intent.start !== before.through || intent.part !== 1 || intent.after !== undefined)
      world.violate('tiling', `${accountId} is at ${iso(before.through)} and begins ${describe(intent)}`);
    const end = boundaryAfter(record.timeZone, before.through);
    if (intent.end !== end)
      world.violate(
        'tiling',
        `${accountId} in ${record.timeZone}: ${describe(intent)} should end at ${iso(end)}`,
      );
    if (record.status !== 'active')
      world.violate('stopped', `${accountId} is paused and begins ${describe(intent)}`);
    if (record.addOnExpiresAt !== undefined && intent.end > Date.parse(record.addOnExpiresAt))
      world.violate(
        'stopped',
        `${accountId} expired at ${record.addOnExpiresAt} and begins ${describe(intent)}`,
      );
    if (intent.place !== placeOf(record))
      world.violate('recipe', `${accountId} belongs to ${placeOf(record)} and begins ${describe(intent)}`);
    const [format, compression, emptyWindows, partBytes, level] = intent.manner.split(' ');
    const sizes = [...limits].map(limit => sizeOf(limit, format));
    if (
      format !== record.format ||
      compression !== record.compression ||
      emptyWindows !== record.emptyWindows ||
      !sizes.includes(`${partBytes} ${level}`)
    )
      world.violate('recipe', `${accountId} begins ${describe(intent)} as ${intent.manner}`);
  }

  function redirect(accountId: string, cursor: CursorItem, after: IntentItem, invocation: Invocation) {
    const { intent: before, attempts } = cursor;
    if (!before) return;
    const record = invocation.records.get(accountId)?.record;
    const leftover = attempts.find(other => other.place === after.place && canHaveCreated(other));
    const sizes = leftover
      ? [leftover.partBytes]
      : [before.partBytes, ...shorterSizes(cursor, before, invocation.process.now())];
    const sameManner = sizes.some(size => mannerOf(before, size) === after.manner);
    if (!sameManner || after.after !== before.after || after.start !== before.start)
      world.violate(
        'recipe',
        `${accountId} changes ${describe(before)} as ${before.manner} to ${describe(after)} as ${after.manner} in the middle`,
      );
    if (!record || after.place !== placeOf(record))
      world.violate('recipe', `${accountId} is sent to ${after.place}, which is not its destination`);
  }

  /** How a file may be cut that nobody can have written: as newer ones are, or in half if it took too long; only shorter. */
  function shorterSizes(cursor: CursorItem, before: IntentItem, now: number): readonly number[] {
    const { attempts, tooLargeBytes } = cursor;
    const { partBytes } = before;
    const tookTooLong =
      partBytes >= tooLargeBytes ||
      attempts.some(
        other => other.partBytes === partBytes && other.leasedUntil > 0 && other.leasedUntil <= now,
      );
    const [format] = before.manner.split(' ');
    const sizes = [...limits].flatMap(limit => {
      const deployed = Number(sizeOf(limit, format).split(' ')[0]);
      const halved = Math.max(Math.floor(partBytes / 2), Math.ceil(deployed / 64));
      return tookTooLong ? [Math.min(halved, deployed), deployed] : [deployed];
    });
    return sizes.filter(shorter => shorter < partBytes);
  }

  function committed(accountId: string, before: CursorItem, after: CursorItem, invocation: Invocation) {
    const { intent } = before;
    if (!intent) return world.violate('intent', `${accountId} commits what was never intended`);
    const final = after.intent === undefined;
    const row = fileRow(accountId, intent.end, intent.part);
    if (final ? after.through !== intent.end : after.through !== before.through)
      world.violate('tiling', `${accountId} commits ${describe(intent)} and stands at ${iso(after.through)}`);
    if (after.attempts.length > 0)
      world.violate('attempts', `${accountId} keeps attempts of a file that is committed`);
    if (!row) return world.violate('ledger', `${accountId} commits ${describe(intent)} without a row`);
    if (after.intent && (after.intent.part !== intent.part + 1 || after.intent.end !== intent.end))
      world.violate('tiling', `${accountId} continues ${describe(intent)} with ${describe(after.intent)}`);
    if (after.intent && after.intent.after !== row.lastSortKey?.S)
      world.violate(
        'tiling',
        `${accountId} continues after ${after.intent.after}, not ${row.lastSortKey?.S}`,
      );
    // The rows after the previous part may have been deleted since.
    const isLeftEmpty = row.records?.N === '0' && world.enables('deleted-row');
    if (intent.after !== undefined && (row.lastSortKey?.S ?? '') <= intent.after && !isLeftEmpty)
      world.violate('tiling', `${accountId}: ${describe(intent)} goes no further than the part before`);
    if ((row.final?.BOOL ?? false) !== final)
      world.violate('ledger', `${accountId}: the row of ${describe(intent)} is wrong about being the last`);

    const { prefix, ...rest } = row.place?.M ?? {};
    const place = placeIn(row.place?.M ?? {});
    const key = row.key?.S ?? '';
    // Only a window without records can be without an object, and only if the account wants it so.
    const isQuiet =
      row.key === undefined && row.records?.N === '0' && intent.manner.includes(' skip ') && final;
    if (place !== intent.place || (key !== keyOf(accountId, intent) && !isQuiet))
      world.violate('ledger', `${accountId}: ${describe(intent)} has a row for ${place} ${key}`);
    const bucketName = placeIn(rest);
    const object = objectAt(bucketName, key);
    // An earlier attempt may have taken it for ours, and it may be gone now.
    const foreign = object ? object.foreign : wasForeign(bucketName, key);
    const ambiguous = foreign && attemptWatch.couldBeOurs(accountId, before, intent, invocation);
    if (!object && !ambiguous && !isQuiet)
      world.violate('lost', `${accountId} commits ${describe(intent)}, which is not in the bucket`);
    else if (foreign && !ambiguous)
      world.violate('foreign', `${accountId} takes a customer's object for ${describe(intent)}`);
    const recomputed = object !== undefined && !foreign && !isOf(row, object);
    if (recomputed && !hasChanged(accountId, intent, object.readFrom))
      world.violate('ledger', `${accountId}: the row of ${key} has figures of another object`);
    if (!wasTold(accountId, intent.end, isQuiet ? undefined : key))
      world.violate('events', `Nobody was told of ${key || describe(intent)} before it was committed`);
    const list = commits.get(accountId) ?? [];
    const last = list.at(-1)?.intent.place;
    if (last !== undefined && last !== place && !wasRedirected(accountId, intent.end, intent.part))
      world.violate('events', `Nobody was told that ${accountId} goes to ${place} instead of ${last}`);
    list.push({ accountId, intent, final, at: world.now(), row, object, ambiguous, recomputed });
    commits.set(accountId, list);
    work.onCommit(accountId, invocation.process);
  }
}

function isOf(row: Item, { body }: StoredObject): boolean {
  const sha256 = createHash('sha256').update(body).digest('hex');
  return row.sha256?.S === sha256 && Number(row.bytes?.N) === body.length;
}

function mannerOf({ manner }: IntentItem, size: number): string {
  const [format, compression, emptyWindows, , level] = manner.split(' ');
  return [format, compression, emptyWindows, size, level].join(' ');
}

/** A deployed limit for a format: an OCSF event can be many times as long as the line that counts. */
function sizeOf(limit: string, format: string | undefined): string {
  const [partBytes, level] = limit.split(' ');
  return format === 'ocsf' ? `${Math.min(Number(partBytes), 134_217_728)} ${level}` : limit;
}

function moves(before: Item | undefined, after: Item | undefined): boolean {
  return !!before && !!after && isElsewhere(readCursorItem(before), readCursorItem(after));
}

function isElsewhere(before: CursorItem, after: CursorItem): boolean {
  return (
    before.through !== after.through ||
    before.intent?.end !== after.intent?.end ||
    before.intent?.part !== after.intent?.part
  );
}

export function placeOf({ destination }: { destination: Destination }): string {
  const bucket =
    destination.type === 'azure'
      ? `${destination.storageAccount}/${destination.container}`
      : destination.bucket;
  return `${destination.type}://${bucket}${destination.prefix === undefined ? '' : `/${destination.prefix}`}`;
}

type Destination =
  | { readonly type: 's3' | 'gcs'; readonly bucket: string; readonly prefix?: string | undefined }
  | {
      readonly type: 'azure';
      readonly storageAccount: string;
      readonly container: string;
      readonly prefix?: string | undefined;
    };

function describe({ start, end, part, place }: IntentItem): string {
  return `part ${part} of ${iso(start)}–${iso(end)} at ${place}`;
}

function iso(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16);
}
