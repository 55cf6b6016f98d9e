import type { Kit, KitInput } from './kit.ts';

/** A delivered file in a bucket. */
export interface StoredObject {
  readonly key: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** An event in the reader, with the reader's own names. */
export type ReaderEvent = Readonly<Record<string, unknown>>;

/** What a reader does with a kit and the delivered files, as far as its documentation and source tell. */
export interface ReaderModel {
  /** What the product would refuse or misunderstand in the files of a kit. Empty for a good kit. */
  faultsOf(kit: Kit, input: KitInput): Promise<readonly string[]>;
  /** The events that the product has after it has read the objects with the kit, in the order of the objects. */
  read(kit: Kit, input: KitInput, objects: readonly StoredObject[]): Promise<readonly ReaderEvent[]>;
}
