import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../services/expressions.ts';

/** A cursor from the ledger, parsed without the code under test. */
export interface CursorItem {
  readonly through: number;
  readonly version: number;
  readonly intent: IntentItem | undefined;
  readonly attempts: readonly AttemptItem[];
  /** When the last file was committed; 0 before the first. */
  readonly deliveredAt: number;
  readonly failures: number;
  /** The code of the last failure since the last delivered file. */
  readonly lastError: string | undefined;
  /** The size at which its file was not finished in time. */
  readonly tooLargeBytes: number;
  /** Why nothing is exported, as noted by an exporter. */
  readonly stopped: string | undefined;
}

export interface AttemptItem {
  readonly token: string;
  readonly place: string;
  readonly partBytes: number;
  readonly startedAt: number;
  /** The end of the lease of a message’s exporter; 0 if there is none. */
  readonly leasedUntil: number;
  readonly messageId: string | undefined;
  readonly step: string | undefined;
}

export interface IntentItem {
  readonly start: number;
  readonly end: number;
  readonly part: number;
  readonly after: string | undefined;
  readonly place: string;
  /** The recipe without the place. */
  readonly manner: string;
  readonly partBytes: number;
  readonly compression: string;
  readonly prefix: string | undefined;
}

export function readCursorItem(item: Item): CursorItem {
  const intent = item.intent?.M;
  return {
    through: Date.parse(text(item.exportedThrough)),
    version: Number(item.version?.N),
    intent: intent && readIntent(intent),
    attempts: Object.entries(item.attempts?.M ?? {}).map(([token, { M: attempt }]) =>
      readAttempt(token, attempt),
    ),
    deliveredAt: item.deliveredAt ? Date.parse(text(item.deliveredAt)) : 0,
    failures: Number(item.failures?.N),
    lastError: item.lastError?.M?.code?.S,
    tooLargeBytes: Number(item.tooLargeBytes?.N ?? Number.POSITIVE_INFINITY),
    stopped: item.stopped?.S,
  };
}

/** True if the attempt may have sent the request that creates the object: files keep its size then. */
export function canHaveCreated({ step }: AttemptItem): boolean {
  return step === 'creating';
}

function readAttempt(token: string, attempt: Item = {}): AttemptItem {
  return {
    token,
    place: text(attempt.place),
    partBytes: Number(attempt.partBytes?.N),
    startedAt: Date.parse(text(attempt.startedAt)),
    leasedUntil: attempt.lease ? Date.parse(text(attempt.lease.M?.until)) : 0,
    messageId: attempt.lease?.M?.messageId?.S,
    step: attempt.step?.S,
  };
}

function readIntent(intent: Item): IntentItem {
  const window = intent.window?.M ?? {};
  const recipe = intent.recipe?.M ?? {};
  const place = recipe.place?.M ?? {};
  return {
    start: Date.parse(text(window.start)),
    end: Date.parse(text(window.end)),
    part: Number(intent.part?.N),
    after: intent.after?.S,
    place: placeIn(place),
    manner: [
      recipe.format?.S,
      recipe.compression?.S,
      recipe.emptyWindows?.S,
      recipe.partBytes?.N,
      recipe.level?.N,
    ].join(' '),
    partBytes: Number(recipe.partBytes?.N),
    compression: text(recipe.compression),
    prefix: place.prefix?.S,
  };
}

/** The place of a file in the ledger’s form; without the prefix it is the bucket. */
export function placeIn({ prefix, ...place }: Item): string {
  if (prefix) return `${placeIn(place)}/${text(prefix)}`;
  const { type, storageAccount, bucket } = place;
  return `${text(type)}://${storageAccount ? `${text(storageAccount)}/` : ''}${text(bucket)}`;
}

function text(value: AttributeValue | undefined): string {
  return value?.S ?? '';
}

/** The key of a file, as the README specifies it. */
export function keyOf(accountId: string, { end, part, compression, prefix }: IntentItem): string {
  const encoded = Buffer.from(accountId).toString('base64url');
  const time = new Date(end).toISOString().replace(/[-:]|\.000/g, '');
  const suffix = part > 1 ? `_${String(part).padStart(4, '0')}` : '';
  const extension = { zip: 'zip', gzip: 'json.gz' }[compression] ?? 'json';
  return `${prefix === undefined ? '' : `${prefix}/`}audit/${encoded}/audit_${encoded}_${time}${suffix}.${extension}`;
}
