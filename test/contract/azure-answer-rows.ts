import type { FailureCode } from '../../lambdas/domain/failure.ts';
import { startHttpServer } from '../../local/servers/http-server.ts';
import {
  type AzureAccess,
  type AzureContractServer,
  startAzureContractServer,
} from './azure-contract-server.ts';
import type { AnswerRow, ExpectedAnswer } from './bucket-answers.ts';
import type { Fault } from './fault-proxy.ts';

/** A server that accepts and discards every block and blob; the rows say what it answers. */
export function startTaker(
  accessWith: (key: string, containerName: string) => AzureAccess,
): Promise<AzureContractServer> {
  const take = () =>
    startHttpServer((incoming, outgoing) => {
      incoming.resume().on('end', () => outgoing.writeHead(201, { etag: '"1"' }).end());
    });
  return startAzureContractServer(accessWith, take);
}

/** An answer of Azure itself, with code and message. */
export function azure(status: number, code: string, message: string, is: ExpectedAnswer): AnswerRow[] {
  const headers = { 'x-ms-error-code': code, 'content-type': 'application/xml' };
  return [
    { name: `${status} ${code}`, answer: { kind: 'answer', status, headers, body: xml(code, message) }, is },
  ];
}

export function xml(code: string, message: string, more: Record<string, string> = {}): string {
  const elements = Object.entries(more).map(([name, value]) => `<${name}>${value}</${name}>`);
  const trailer = 'RequestId:1b2c3d4e-001e-0040-35aa-03f1e0000000\nTime:2026-11-02T14:51:32.0396637Z';
  return `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}\n${trailer}</Message>${elements.join('')}</Error>`;
}

/** The error page of a proxy. */
export function page(status: number): Fault {
  const body = '<!DOCTYPE html><html><body>Please sign in: BlobAlreadyExists</body></html>';
  return { kind: 'answer', status, headers: { 'content-type': 'text/html' }, body };
}

export function there(says?: RegExp): ExpectedAnswer {
  return { kind: 'exists', ...(says && { says }) };
}

export function refused(code: FailureCode, says?: RegExp): ExpectedAnswer {
  return { kind: 'refused', code, ...(says && { says }) };
}

export function unclear(code: FailureCode, says?: RegExp): ExpectedAnswer {
  return { kind: 'unclear', code, ...(says && { says }) };
}
