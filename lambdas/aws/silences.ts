import {
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type Instant, toIso } from '../domain/instant.ts';
import { counts, isWorthNoting, type Silence, type Silences } from '../domain/silence.ts';
import type { SilenceNotes } from '../exporter/ports.ts';
import type { Item } from './batch-get.ts';
import { ifConditionHolds } from './conditional-write.ts';

/** The item's name in the table `dispatch-state`; the stack grants the exporter no other. */
export const silencesName = 'silences';

export const silencesKey = { name: { S: silencesName } };

const silentPrefix = 'silent ';
const answeredPrefix = 'answered ';
/** An update's expression may have 4 KB. */
const mostForgotten = 50;

/**
 * The item `silences` of the table `dispatch-state`: an attribute `silent <bucket>` for each bucket that was silent
 * lately, an instant and the bucket's region; and `answered <region>`, an instant, for regions of such buckets.
 */
export function createSilences({
  client,
  tableName,
  answers = new Map(),
}: {
  client: DynamoDBClient;
  tableName: string;
  /** When regions, and buckets that had been silent, last answered this process. */
  answers?: Map<string, Instant>;
}): SilenceNotes {
  return {
    lastAnswer: name => answers.get(name),

    async note(target, now, seen) {
      if (!isWorthNoting(seen, target, now)) return;
      const { bucket, region } = target;
      const forgotten = [...seen.buckets].flatMap(([other, silence]) =>
        other === bucket || counts(silence, now) ? [] : silentPrefix + other,
      );
      await update(
        { '#silent': silentPrefix + bucket },
        {
          UpdateExpression: 'SET #silent = :silence',
          ExpressionAttributeValues: { ':silence': silenceValue({ region, at: now }) },
        },
        forgotten.slice(0, mostForgotten),
      );
    },

    async mayProbe({ bucket, region, at }, now) {
      return await update(
        { '#silent': silentPrefix + bucket },
        {
          UpdateExpression: 'SET #silent = :probed',
          ConditionExpression: '#silent = :seen',
          ExpressionAttributeValues: {
            ':probed': silenceValue({ region, at: now }),
            ':seen': silenceValue({ region, at }),
          },
        },
      );
    },

    async noteAnswer({ bucket, region }, now, { buckets }) {
      const isNews = [...buckets].some(
        ([other, silence]) =>
          (other === bucket || silence.region === region) &&
          silence.at > (answers.get(other === bucket ? bucket : region) ?? 0),
      );
      answers.set(region, now);
      if (buckets.has(bucket)) answers.set(bucket, now);
      if (!isNews) return;
      await update(
        { '#answered': answeredPrefix + region },
        {
          UpdateExpression: 'SET #answered = :now',
          ExpressionAttributeValues: { ':now': { S: toIso(now) } },
        },
        [silentPrefix + bucket],
      );
    },
  };

  /** False if the condition did not hold. */
  async function update(
    names: Record<string, string>,
    { UpdateExpression, ...change }: Partial<UpdateItemCommandInput>,
    removed: readonly string[] = [],
  ): Promise<boolean> {
    const placeholders = removed.map((name, index) => [`#removed${index}`, name] as const);
    const remove = removed.length > 0 ? ` REMOVE ${placeholders.map(([name]) => name).join(', ')}` : '';
    const written = await ifConditionHolds(() =>
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: silencesKey,
          UpdateExpression: `${UpdateExpression}${remove}`,
          ExpressionAttributeNames: { ...names, ...Object.fromEntries(placeholders) },
          ...change,
        }),
      ),
    );
    return written !== undefined;
  }
}

function silenceValue({ region, at }: Silence) {
  return { S: `${toIso(at)} ${region}` };
}

export function silencesFromItem(item: Item | undefined): Silences {
  const buckets = new Map<string, Silence>();
  const answered = new Map<string, Instant>();
  for (const [name, { S = '' }] of Object.entries(item ?? {})) {
    const [instant = '', ...region] = S.split(' ');
    const at = Date.parse(instant);
    if (Number.isNaN(at)) continue;
    if (name.startsWith(silentPrefix))
      buckets.set(name.slice(silentPrefix.length), { region: region.join(' '), at });
    if (name.startsWith(answeredPrefix)) answered.set(name.slice(answeredPrefix.length), at);
  }
  return { buckets, answered };
}
