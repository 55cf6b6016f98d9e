import type { KitReader } from '../lambdas/domain/reader.ts';
import type { CreateKit } from './kit.ts';
import type { ReaderModel } from './model.ts';

/** Loads what makes the kit of a reader, from the reader's folder. */
export async function loadKit(reader: KitReader): Promise<CreateKit> {
  const module = (await import(`./${reader}/kit.ts`)) as { readonly createKit: CreateKit };
  return module.createKit;
}

/** Loads the model of a reader, from the reader's folder. Needs the packages for development. */
export async function loadModel(reader: KitReader): Promise<ReaderModel> {
  const module = (await import(`./${reader}/model.ts`)) as { readonly model: ReaderModel };
  return module.model;
}
