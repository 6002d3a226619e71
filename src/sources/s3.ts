// Objects below a prefix of an S3 bucket, at AWS or any server that speaks its protocol. Pinned by
// the versions of the objects, where the bucket keeps them, and by sha256, where S3 has one; what it
// has none of is downloaded once by the lock pipeline. MLflow's artifact roots end here, too.

import { ModelError } from '../base/errors.ts';
import type { Locator } from '../base/manifest.ts';
import type { S3Source, SourceSpec } from '../base/spec.ts';
import { sameOrigin } from '../net/origin-rules.ts';
import { type Headers, headFiles } from './objects/head-files.ts';
import { candidatesFor } from './objects/keys.ts';
import { filesOf, listObjects } from './objects/list-objects.ts';
import { Bucket } from './s3/bucket.ts';
import { fetchPage, headObject, pinsOf } from './s3/listing.ts';
import { selectFiles } from './select-files.ts';
import type { Source } from './source.ts';

export const s3: Source = {
  kind: 's3',

  async resolve(spec, patterns, context) {
    const source = sourceOf(spec);
    const subject = describe(source);
    const bucket = new Bucket(source, subject, context);
    const listing = await listObjects(source.prefix, (page) => fetchPage(bucket, page), subject);
    const chosen = selectFiles(filesOf(listing), patterns, subject);
    const head = (key: string): Promise<Headers> => headObject(bucket, key);
    const files = await headFiles(chosen, { listing, head, pins: pinsOf });
    return { source: { s3: source }, files };
  },

  locate(manifest, context) {
    const source = sourceOf(manifest.source);
    const bucket = new Bucket(source, describe(source), context);
    const asked = new Set<string>();
    return async (file, signal): Promise<Locator> => {
      const questions = candidatesFor(file, source.prefix, 'versionId');
      const urls = await Promise.all(questions.map((question) => bucket.address(question)));
      // Asked for again, an address was refused. Why stands in a body, which a locator never sees.
      const again = asked.has(file.path);
      asked.add(file.path);
      const refusal = again ? await bucket.refusal({ ...questions[0], signal }) : undefined;
      const explain = await bucket.explainer(questions[0].key);
      return {
        urls,
        explain: (answer) => {
          // What is not the bucket's own answer has other reasons.
          if (!isSameHost(answer.url, urls)) return undefined;
          return explain(refusal?.status === answer.status ? { ...refusal, ...answer } : answer);
        },
      };
    };
  },

  describe: (spec) => describe(sourceOf(spec)),
};

function isSameHost(url: string, [first = url]: readonly string[]): boolean {
  return sameOrigin(new URL(url), new URL(first));
}

function describe({ bucket, prefix }: S3Source): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
}

function sourceOf(spec: SourceSpec): S3Source {
  if (spec.s3 !== undefined) return spec.s3;
  throw new ModelError('INTERNAL', 'Not an s3 source');
}
