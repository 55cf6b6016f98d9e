import type { PartLimits } from '../domain/recipe.ts';

/** What is the same for every account of a stage. */
export interface ExportSettings {
  /** How long after a window's end its rows are certain to be readable, in milliseconds. */
  readonly settle: number;
  /** How long after its end a delivered window is counted again, in milliseconds; absent where none is. */
  readonly recountAfter?: number | undefined;
  /** What every file is cut and compressed by. */
  readonly limits: PartLimits;
  /** Stands in every object's metadata. */
  readonly writerVersion: string;
}
