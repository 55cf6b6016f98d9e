import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Actions, validateActions } from '../../lambdas/domain/actions.ts';
import { accountFolder } from '../../lambdas/domain/object-key.ts';
import { type Fit, fitOf, type KitReader } from '../../lambdas/domain/reader.ts';
import actionsFile from '../actions.json' with { type: 'json' };
import type { CreateKit, KitInput, Source } from '../kit.ts';
import type { ReaderEvent, ReaderModel } from '../model.ts';
import { mutantsOf } from './mutants.ts';
import { deliveredObjects } from './objects.ts';
import { sampleRows } from './rows.ts';

const accountId = 'müller/söhne';
const prefix = 'vendors/siem';
const actions: Actions = validateActions(actionsFile).data ?? [];
const sources: Record<Source['type'], Source> = {
  s3: { type: 's3', bucket: 'mueller-audit', region: 'eu-central-1' },
  gcs: { type: 'gcs', bucket: 'mueller-audit' },
  azure: {
    type: 'azure',
    storageAccount: 'muelleraudit',
    container: 'siem',
    host: 'muelleraudit.blob.core.windows.net',
  },
};

export interface ReaderCase {
  readonly name: KitReader;
  readonly createKit: CreateKit;
  readonly model: ReaderModel;
  /** The events for `sampleRows`, written by hand. */
  readonly expected: (input: KitInput) => readonly ReaderEvent[];
  /** Mutants whose change does not matter: a pattern for their names, and the reason. */
  readonly irrelevant?: readonly (readonly [pattern: RegExp, reason: string])[];
}

/** Tests a reader's kit: every file that the reader should read gives the expected events, and every value of the kit matters. */
export function checkReader({ name, createKit, model, expected, irrelevant = [] }: ReaderCase): void {
  const pairs = Object.values(sources).flatMap(source => {
    const fit = fitOf(name, source.type);
    return typeof fit === 'string' ? [] : fit.compressions.map(compression => ({ source, fit, compression }));
  });

  describe.each(pairs)('$source.type, $compression', ({ source, fit, compression }) => {
    const input: KitInput = {
      accountId,
      source,
      folder: accountFolder(prefix, accountId),
      compression,
      product: { name: 'Example SaaS', vendor: 'Example' },
      actions,
    };
    const kit = createKit(input);
    const objects = deliveredObjects(
      { accountId, prefix, compression, emptyWindows: emptyWindowsOf(fit) },
      // The last window shows that reading goes on after an empty one.
      [sampleRows.slice(0, 4), [], sampleRows.slice(4)],
    );

    it('has no faults', async () => {
      expect(await model.faultsOf(kit, input)).toEqual([]);
    });

    it('delivers each record once, as the expected event', async () => {
      expect(await model.read(kit, input, await objects)).toEqual(expected(input));
    });

    it('has no value that can be changed unnoticed', async () => {
      const survivors: string[] = [];
      for (const mutant of mutantsOf(kit)) {
        if (irrelevant.some(([pattern]) => pattern.test(mutant.name))) continue;
        if (!(await isNoticed(mutant.kit))) survivors.push(mutant.name);
      }
      expect(survivors).toEqual([]);

      async function isNoticed(mutated: typeof kit): Promise<boolean> {
        try {
          const faults = await model.faultsOf(mutated, input);
          if (faults.length > 0) return true;
          return !isDeepStrictEqual(await model.read(mutated, input, await objects), expected(input));
        } catch {
          return true;
        }
      }
    });
  });

  it('has a README of three to seven steps', () => {
    const [pair] = pairs;
    if (pair === undefined) throw new TypeError(`${name} reads from no cloud`);
    const { source, compression } = pair;
    const folder = accountFolder(prefix, accountId);
    const product = { name: 'Example SaaS', vendor: 'Example' };
    const kit = createKit({ accountId, source, folder, compression, product, actions });
    const readme = kit.find(({ path }) => path === 'README.md')?.text ?? '';
    const steps = readme.match(/^\d+\. /gm) ?? [];
    expect(steps.length).toBeGreaterThanOrEqual(3);
    expect(steps.length).toBeLessThanOrEqual(7);
  });
}

function emptyWindowsOf({ emptyFiles }: Fit) {
  return emptyFiles === undefined ? 'file' : 'skip';
}
