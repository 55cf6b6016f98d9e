import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../services/expressions.ts';

/** A cursor as it stands in the ledger, read without the code under test. */
export interface CursorItem {
  readonly through: number;
  readonly version: number;
  readonly intent: IntentItem | undefined;
  readonly attempts: readonly string[];
  readonly failures: number;
  /** The code of the last failure since a file was delivered. */
  readonly lastError: string | undefined;
}

export interface IntentItem {
  readonly start: number;
  readonly end: number;
  readonly part: number;
  readonly after: string | undefined;
  readonly place: string;
  /** Everything of the recipe but the place. */
  readonly manner: string;
  readonly compression: string;
  readonly prefix: string | undefined;
}

export function readCursorItem(item: Item): CursorItem {
  const intent = item.intent?.M;
  return {
    through: Date.parse(text(item.exportedThrough)),
    version: Number(item.version?.N),
    intent: intent && readIntent(intent),
    attempts: item.attempts?.SS ?? [],
    failures: Number(item.failures?.N),
    lastError: item.lastError?.M?.code?.S,
  };
}

function readIntent(intent: Item): IntentItem {
  const window = intent.window?.M ?? {};
  const recipe = intent.recipe?.M ?? {};
  const place = readPlace(recipe.place);
  return {
    start: Date.parse(text(window.start)),
    end: Date.parse(text(window.end)),
    part: Number(intent.part?.N),
    after: intent.after?.S,
    place: place.name,
    manner: [recipe.format?.S, recipe.compression?.S, recipe.partBytes?.N, recipe.level?.N].join(' '),
    compression: text(recipe.compression),
    prefix: place.prefix,
  };
}

/** A place of the ledger, and the bucket or container in which it is. */
export function readPlace(item: AttributeValue | undefined) {
  const { type, storageAccount, bucket, prefix } = item?.M ?? {};
  const bucketName = `${text(type)}://${storageAccount ? `${text(storageAccount)}/` : ''}${text(bucket)}`;
  return { name: `${bucketName}${prefix ? `/${text(prefix)}` : ''}`, bucketName, prefix: prefix?.S };
}

function text(value: AttributeValue | undefined): string {
  return value?.S ?? '';
}

/** The key of a file, as the README promises it. */
export function keyOf(accountId: string, { end, part, compression, prefix }: IntentItem): string {
  const encoded = Buffer.from(accountId).toString('base64url');
  const time = new Date(end).toISOString().replace(/[-:]|\.000/g, '');
  const suffix = part > 1 ? `_${String(part).padStart(4, '0')}` : '';
  const extension = compression === 'zip' ? 'zip' : 'json.gz';
  return `${prefix === undefined ? '' : `${prefix}/`}audit/${encoded}/audit_${encoded}_${time}${suffix}.${extension}`;
}
