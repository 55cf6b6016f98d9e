import { Agent, request } from 'node:http';
import { createPageMemory, type PageMemory } from '../../lambdas/archive/page-memory.ts';
import { transcodePage } from '../../lambdas/archive/transcode-page.ts';
import { defaultAttributes } from '../../lambdas/domain/audit-record.ts';
import { benchWindow } from '../input/rows.ts';

/** The pages as lines with nothing around them: no SDK, no signature, no check, no retry; the next one is on its way. */
export async function* rawPages(endpoint: string): AsyncGenerator<Uint8Array> {
  const agent = new Agent({ keepAlive: true });
  const [from, to] = [benchWindow.start, benchWindow.end].map(at => new Date(at).toISOString().slice(0, 19));
  const values = { ':account': { S: 'limit' }, ':from': { S: from }, ':to': { S: to } };
  // One page is worked on while the other is on its way.
  const memories = [createPageMemory(), createPageMemory()] as const;
  let pages = 0;
  const read = async (ExclusiveStartKey: unknown) => {
    const memory = memories[pages++ % 2 === 0 ? 0 : 1];
    const body = await post(
      endpoint,
      agent,
      JSON.stringify({ ExpressionAttributeValues: values, ExclusiveStartKey }),
      memory,
    );
    return transcodePage(body, defaultAttributes, to, memory);
  };
  let next = read(undefined);
  for (;;) {
    const { lines, lastEvaluatedKey } = await next;
    if (lastEvaluatedKey) next = read(lastEvaluatedKey);
    yield lines;
    if (!lastEvaluatedKey) break;
  }
  agent.destroy();
}

function post(endpoint: string, agent: Agent, body: string, memory: PageMemory): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-amz-target': 'DynamoDB_20120810.Query', 'content-length': Buffer.byteLength(body) };
    request(endpoint, { method: 'POST', agent, headers }, response => {
      const answer = memory.answer(Number(response.headers['content-length']));
      let received = 0;
      response.on('data', (chunk: Buffer) => {
        received += chunk.copy(answer, received);
      });
      response.on('end', () => resolve(answer.subarray(0, received)));
      response.on('error', reject);
    })
      .on('error', reject)
      .end(body);
  });
}
