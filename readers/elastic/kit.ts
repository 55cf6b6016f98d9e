import { bucketNotification } from '../amazon/bucket-notification.ts';
import type { CreateKit, KitFile } from '../kit.ts';
import { detections } from './detections.ts';
import { filebeatYml } from './filebeat-yml.ts';
import { indexTemplate } from './index-template.ts';
import { ingestPipeline } from './ingest-pipeline.ts';
import { placeholders } from './names.ts';
import { queueTemplate } from './queue.ts';
import { readme } from './readme.ts';

/**
 * Filebeat reads the files, an ingest pipeline makes events of the Elastic Common Schema, a data stream keeps them.
 *
 * @throws TypeError for zip, which Elastic does not unpack
 */
export const createKit: CreateKit = input => {
  if (input.compression === 'zip') throw new TypeError('Elastic unpacks no zip: expected gzip or none');
  return [
    { path: 'README.md', text: readme(input) },
    ...(input.source.type === 's3'
      ? [
          json('queue.json', queueTemplate(input, input.source)),
          json(
            'notification.json',
            bucketNotification(input, { QueueArn: placeholders.queueArn }, 'siem-export-elastic'),
          ),
        ]
      : []),
    { path: 'filebeat.yml', text: filebeatYml(input) },
    json('pipeline.json', ingestPipeline(input)),
    json('index-template.json', indexTemplate(input)),
    { path: 'detections.ndjson', text: detections(input) },
  ];
};

const json = (path: string, content: object): KitFile => ({
  path,
  text: `${JSON.stringify(content, null, 2)}\n`,
});
