import { createPageMemory } from '../../../lambdas/archive/page-memory.ts';
import { transcodePage } from '../../../lambdas/archive/transcode-page.ts';

/** One for all, with what earlier answers left in it: as in production. */
const memory = createPageMemory();

/** A page whose body lies where an answer is received, so that WebAssembly reads its plain rows. */
export const transcodeInPlace: typeof transcodePage = (body, attributes, excluded) => {
  const answer = memory.answer(body.length);
  answer.set(body);
  return transcodePage(answer, attributes, excluded, memory);
};
