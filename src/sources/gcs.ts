// Objects below a prefix of a Google Cloud Storage bucket. Pinned by their generations; Google keeps
// no sha256, so the lock pipeline downloads each object once.

import { ModelError } from '../base/errors.ts';
import type { Locator } from '../base/manifest.ts';
import type { GcsSource, SourceSpec } from '../base/spec.ts';
import { sameOrigin } from '../net/origin-rules.ts';
import { endpointOf, mediaUrl } from './gcs/address.ts';
import { credentialsFor } from './gcs/credentials.ts';
import { explainFailure } from './gcs/errors.ts';
import { type Bucket, fetchPage } from './gcs/listing.ts';
import { candidatesFor } from './objects/keys.ts';
import { filesOf, listObjects } from './objects/list-objects.ts';
import { selectFiles } from './select-files.ts';
import type { Source, SourceContext } from './source.ts';

export const gcs: Source = {
  kind: 'gcs',

  async resolve(spec, patterns, context) {
    const source = sourceOf(spec);
    const bucket = openBucket(source, context);
    const { subject } = bucket;
    const listing = await listObjects(source.prefix, (page) => fetchPage(bucket, page), subject);
    return { source: { gcs: source }, files: selectFiles(filesOf(listing), patterns, subject) };
  },

  locate(manifest, context) {
    const source = sourceOf(manifest.source);
    const bucket = openBucket(source, context);
    const { subject, endpoint, withheld } = bucket;
    return async (file): Promise<Locator> => {
      const candidates = candidatesFor(file, source.prefix, 'generation');
      const credentials = await bucket.getHeaders();
      const asked = { source, subject, key: candidates[0].key, signed: credentials !== undefined, withheld };
      return {
        urls: candidates.map(({ key, query }) => mediaUrl(endpoint, source.bucket, key, query)),
        credentials,
        explain: (answer) =>
          // What is not the bucket's own answer has other reasons.
          sameOrigin(new URL(answer.url), new URL(endpoint)) ? explainFailure(answer, asked) : undefined,
      };
    };
  },

  describe: (spec) => describe(sourceOf(spec)),
};

function openBucket(source: GcsSource, context: SourceContext): Bucket {
  const { environment } = context;
  const endpoint = endpointOf(source, environment);
  return {
    source,
    subject: describe(source),
    endpoint: endpoint.url,
    withheld: source.anonymous === true ? undefined : endpoint.withhold,
    getHeaders: credentialsFor(source, endpoint, environment),
    context,
  };
}

function describe({ bucket, prefix }: GcsSource): string {
  return `gs://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
}

function sourceOf(spec: SourceSpec): GcsSource {
  if (spec.gcs !== undefined) return spec.gcs;
  throw new ModelError('INTERNAL', 'Not a gcs source');
}
