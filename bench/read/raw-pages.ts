import { Agent, request } from 'node:http';
import { transcodePage } from '../../lambdas/archive/transcode-page.ts';
import { defaultAttributes } from '../../lambdas/domain/audit-record.ts';
import { benchWindow } from '../input/rows.ts';

/** The pages as lines with nothing around them: no SDK, no signature, no check, no retry; the next one is on its way. */
export async function* rawPages(endpoint: string): AsyncGenerator<Uint8Array> {
  const agent = new Agent({ keepAlive: true });
  const [from, to] = [benchWindow.start, benchWindow.end].map(at => new Date(at).toISOString().slice(0, 19));
  const values = { ':account': { S: 'limit' }, ':from': { S: from }, ':to': { S: to } };
  const read = async (ExclusiveStartKey: unknown) => {
    const body = await post(
      endpoint,
      agent,
      JSON.stringify({ ExpressionAttributeValues: values, ExclusiveStartKey }),
    );
    return transcodePage(body, defaultAttributes, to);
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

function post(endpoint: string, agent: Agent, body: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-amz-target': 'DynamoDB_20120810.Query', 'content-length': Buffer.byteLength(body) };
    request(endpoint, { method: 'POST', agent, headers }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
      response.on('error', reject);
    })
      .on('error', reject)
      .end(body);
  });
}
