import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Instant, toIso } from '../domain/instant.ts';
import { forgottenFor, type Silence, type Silences, unusedAt } from '../domain/silence.ts';
import type { SilenceNotes } from '../exporter/ports.ts';
import type { Item } from './batch-get.ts';
import { ifConditionHolds } from './conditional-write.ts';

/** The item's name in the table `dispatch-state`. The stack grants the exporter access only to this item. */
export const silencesName = 'silences';

export const silencesKey = { name: { S: silencesName } };

const silentPrefix = 'silent ';
const answeredPrefix = 'answered ';
const recoveredPrefix = 'recovered ';
const usedPrefix = 'used ';
/** Keeps an update below DynamoDB's limit of 4 KB for an expression. */
const mostForgotten = 50;

/**
 * The item `silences` of the table `dispatch-state`, with these attributes:
 * - `silent <bucket>`: when the unanswered request was sent, when it was given up, and the bucket's region;
 * - `answered <region>` and `recovered <region>`: an instant;
 * - `used <permit>`: up to which instant a permit is used up, in milliseconds since 1970.
 */
export function createSilences(client: DynamoDBClient, tableName: string): SilenceNotes {
  return {
    async noteSilence(target, { asked, ended }, seen) {
      const forgotten = forgottenFor(target, seen, ended).slice(0, mostForgotten);
      await update({
        set: {
          [silentPrefix + target.bucket]: { S: `${toIso(asked)} ${toIso(ended)} ${target.region}` },
        },
        remove: forgotten.map(bucket => silentPrefix + bucket),
      });
    },

    async noteAnswer({ bucket, region }, now, wasSilent) {
      const at = { S: toIso(now) };
      await update({
        set: { [answeredPrefix + region]: at, ...(wasSilent && { [recoveredPrefix + region]: at }) },
        // Frees the permit, so that the next silent bucket of the region is tried at once.
        remove: wasSilent ? [silentPrefix + bucket, `${usedPrefix}again ${region}`] : [],
      });
    },

    async take({ name, cost }, now, { used }) {
      const attribute = usedPrefix + name;
      const unused = unusedAt(now);
      const isUnused = (used.get(name) ?? 0) < unused;
      return (isUnused && (await takeFirst())) || takeNext();

      function takeFirst() {
        return updateIf('attribute_not_exists(#used) OR #used < :unused', '#used = :first', {
          ':unused': unused,
          ':first': unused + cost,
        });
      }

      function takeNext() {
        return updateIf('#used >= :unused AND #used <= :latest', '#used = #used + :cost', {
          ':unused': unused,
          ':latest': now - cost,
          ':cost': cost,
        });
      }

      async function updateIf(
        condition: string,
        change: string,
        values: Record<string, number>,
      ): Promise<boolean> {
        const written = await ifConditionHolds(() =>
          client.send(
            new UpdateItemCommand({
              TableName: tableName,
              Key: silencesKey,
              UpdateExpression: `SET ${change}`,
              ConditionExpression: condition,
              ExpressionAttributeNames: { '#used': attribute },
              ExpressionAttributeValues: Object.fromEntries(
                Object.entries(values).map(([placeholder, value]) => [placeholder, { N: String(value) }]),
              ),
            }),
          ),
        );
        return written !== undefined;
      }
    },
  };

  async function update({ set, remove }: { set: Item; remove: readonly string[] }): Promise<void> {
    const written = Object.entries(set);
    const sets = written.map((_, index) => `#set${index} = :set${index}`);
    const removes = remove.map((_, index) => `#removed${index}`);
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: silencesKey,
        UpdateExpression: [
          `SET ${sets.join(', ')}`,
          ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
        ].join(' '),
        ExpressionAttributeNames: Object.fromEntries([
          ...written.map(([name], index) => [`#set${index}`, name]),
          ...remove.map((name, index) => [`#removed${index}`, name]),
        ]),
        ExpressionAttributeValues: Object.fromEntries(
          written.map(([, value], index) => [`:set${index}`, value]),
        ),
      }),
    );
  }
}

/** Leaves out attributes that cannot be read: an export must not fail because of them. */
export function silencesFromItem(item: Item | undefined): Silences {
  const attributes = Object.entries(item ?? {});
  const named = <Value>(prefix: string, read: (value: Item[string]) => Value | undefined) =>
    new Map(
      attributes.flatMap(([name, value]) => {
        const known = name.startsWith(prefix) ? read(value) : undefined;
        return known === undefined ? [] : [[name.slice(prefix.length), known] as const];
      }),
    );
  return {
    buckets: named(silentPrefix, ({ S }) => silenceFrom(S)),
    answered: named(answeredPrefix, ({ S }) => instantFrom(S)),
    recovered: named(recoveredPrefix, ({ S }) => instantFrom(S)),
    used: named(usedPrefix, ({ N }) => (N === undefined ? undefined : Number(N))),
  };
}

function silenceFrom(text = ''): Silence | undefined {
  const [askedText, endedText, ...region] = text.split(' ');
  const [asked, ended] = [instantFrom(askedText), instantFrom(endedText)];
  return asked === undefined || ended === undefined ? undefined : { region: region.join(' '), asked, ended };
}

function instantFrom(text = ''): Instant | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
