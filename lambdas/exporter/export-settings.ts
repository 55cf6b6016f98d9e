import type { RecipeSettings } from '../domain/recipe.ts';

/** The settings that all accounts of a stage share. */
export interface ExportSettings {
  /** The settle time: how long after its end a window is read, in milliseconds. */
  readonly settle: number;
  /** How long after its end a delivered window is counted again, in milliseconds; absent if recounts are off. */
  readonly recountAfter?: number | undefined;
  /** The largest size of a file, its compression level, and the version of the OCSF settings. */
  readonly limits: RecipeSettings;
  /** Written into every object's metadata. */
  readonly writerVersion: string;
}
