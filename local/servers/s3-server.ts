import { buildApp } from 'fauxqs';
import { type AccessKey, verifySignature } from './s3-signature.ts';

export interface S3ServerOptions {
  /** The known access keys; each gives access to every bucket that is not denied. */
  readonly credentials: readonly AccessKey[];
  readonly buckets: readonly LocalBucket[];
  /** By default 127.0.0.1, so that it is only reachable on this machine. */
  readonly host?: string;
  /** By default a free one. */
  readonly port?: number;
}

export interface LocalBucket {
  readonly name: string;
  readonly region: string;
  /** True to answer every request with 403. */
  readonly denied?: boolean;
}

export interface S3Server {
  readonly endpoint: string;
  /** The keys of uploads that are neither completed nor aborted. */
  unfinishedUploads(bucket: string): string[];
  close(): Promise<void>;
}

/**
 * An S3 server in this process: fauxqs, plus what it lacks: checks of signature and region, `If-None-Match: *`, and
 * the list of unfinished uploads. Buckets are addressed in the path; a part has at most 11 MiB.
 */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const app = buildApp({ logger: false });
  const objects = new Set<string>();
  const uploads = new Map<string, UploadPlace>();
  const buckets = new Map(options.buckets.map(bucket => [bucket.name, bucket]));
  let provisioning = true;

  app.addHook('preHandler', async (request, reply) => {
    if (provisioning) return;
    const { method, raw, headers, body } = request;
    const { bucket: bucketName, key, query } = place(raw.url ?? '/');
    const content = Buffer.isBuffer(body) ? body : Buffer.of();
    const { refusal, region } = await verifySignature(
      { method, url: raw.url ?? '/', headers, body: content },
      options.credentials,
    );
    const bucket = buckets.get(bucketName);
    const refused = () => {
      if (refusal !== undefined) return refuse(refusal === 'XAmzContentSHA256Mismatch' ? 400 : 403, refusal);
      if (bucket === undefined) return undefined;
      // Amazon’s endpoint in us-east-1 accepts requests for all regions; the others redirect to the bucket’s region.
      if (bucket.region !== region)
        return region === 'us-east-1'
          ? refuse(400, 'AuthorizationHeaderMalformed', `<Region>${bucket.region}</Region>`)
          : refuse(301, 'PermanentRedirect', `<Bucket>${bucketName}</Bucket>`);
      if (bucket.denied) return refuse(403, 'AccessDenied');
      const creates = key !== '' && (method === 'PUT' || method === 'POST') && !query.has('partNumber');
      if (creates && headers['if-none-match'] === '*' && objects.has(`${bucketName}/${key}`))
        return refuse(412, 'PreconditionFailed', '<Condition>If-None-Match</Condition>');
      return undefined;
    };
    const answer = refused();
    if (answer !== undefined) {
      if (bucket !== undefined) reply.header('x-amz-bucket-region', bucket.region);
      return reply
        .status(answer.status)
        .header('content-type', 'application/xml')
        .send(method === 'HEAD' ? '' : answer.xml);
    }
    if (method === 'GET' && key === '' && query.has('uploads'))
      return reply.header('content-type', 'application/xml').send(listUploads(bucketName));
    return undefined;
  });

  // Runs in the same turn as the handler: of two concurrent conditional writes, the second sees the object of the
  // first.
  app.addHook('onSend', (request, reply, payload, done) => {
    const { bucket, key, query } = place(request.raw.url ?? '/');
    if (key !== '' && reply.statusCode < 300) note(request.method, bucket, key, query, String(payload ?? ''));
    done(null, payload);
  });

  function note(method: string, bucket: string, key: string, query: URLSearchParams, answer: string): void {
    const object = `${bucket}/${key}`;
    const uploadId = query.get('uploadId');
    if (method === 'POST' && query.has('uploads')) {
      const begun = /<UploadId>([^<]+)</.exec(answer)?.[1];
      if (begun !== undefined) uploads.set(begun, { bucket, key });
    } else if (uploadId !== null && (method === 'POST' || method === 'DELETE')) {
      uploads.delete(uploadId);
      if (method === 'POST') objects.add(object);
    } else if (method === 'PUT' && uploadId === null) objects.add(object);
    else if (method === 'DELETE') objects.delete(object);
  }

  function listUploads(bucket: string): string {
    const entries = [...uploads]
      .filter(([, upload]) => upload.bucket === bucket)
      .map(
        ([id, { key }]) =>
          `<Upload><Key>${escapeXml(key)}</Key><UploadId>${escapeXml(id)}</UploadId></Upload>`,
      );
    return `${xmlHead}<ListMultipartUploadsResult><Bucket>${bucket}</Bucket><IsTruncated>false</IsTruncated>${entries.join('')}</ListMultipartUploadsResult>`;
  }

  for (const { name } of options.buckets) {
    const { statusCode, body } = await app.inject({ method: 'PUT', url: `/${name}` });
    if (statusCode !== 200) throw new Error(`The bucket ${name} could not be created: ${body}`);
  }
  provisioning = false;
  const endpoint = await app.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });

  return {
    endpoint,
    unfinishedUploads: bucket =>
      [...uploads.values()].filter(upload => upload.bucket === bucket).map(({ key }) => key),
    async close() {
      await app.close();
    },
  };
}

interface UploadPlace {
  readonly bucket: string;
  readonly key: string;
}

const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>';

function place(url: string): UploadPlace & { readonly query: URLSearchParams } {
  const { pathname, searchParams } = new URL(url, 'http://unused');
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(pathname) ?? [];
  return { bucket, key: decodeURIComponent(key), query: searchParams };
}

function refuse(status: number, code: string, detail = '') {
  const xml = `${xmlHead}<Error><Code>${code}</Code><Message>${messages[code] ?? code}</Message>${detail}</Error>`;
  return { status, xml };
}

const messages: Readonly<Record<string, string>> = {
  AccessDenied: 'Access Denied',
  AuthorizationHeaderMalformed: 'The region in the authorization header is wrong',
  InvalidAccessKeyId: 'The access key id does not exist in our records',
  InvalidToken: 'The provided token is malformed or otherwise invalid',
  PermanentRedirect: 'The bucket must be addressed at the endpoint of its region',
  PreconditionFailed: 'At least one of the pre-conditions you specified did not hold',
  SignatureDoesNotMatch: 'The calculated signature does not match the one provided',
  XAmzContentSHA256Mismatch: 'The SHA-256 in the header does not match the body',
};

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
