import { createPageMemory } from '../../../lambdas/archive/page-memory.ts';
import { transcodePage } from '../../../lambdas/archive/transcode-page.ts';

/** Shared by all answers and never cleared, as in production. */
const memory = createPageMemory();

/** A page whose body is in the memory where answers are received, so that WebAssembly reads its plain rows. */
export const transcodeInPlace: typeof transcodePage = (body, attributes, excluded) => {
  const answer = memory.answer(body.length);
  answer.set(body);
  return transcodePage(answer, attributes, excluded, memory);
};
