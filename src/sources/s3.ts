// Objects below a prefix of an S3 bucket, at AWS or any server that speaks its protocol. Pinned by
// the versions of the objects, where the bucket keeps them, and by sha256, where S3 has one; what it
// has none of is downloaded once by the lock pipeline. MLflow's artifact roots end here, too.

import { ModelError } from '../base/errors.ts';
import type { Locator, ManifestFile } from '../base/manifest.ts';
import type { S3Source, SourceSpec } from '../base/spec.ts';
import { sameOrigin } from '../net/origin-rules.ts';
import { keysOf } from './objects/keys.ts';
import { filesOf, listObjects } from './objects/list-objects.ts';
import { Bucket, type Question } from './s3/bucket.ts';
import { fetchPage, headFiles } from './s3/listing.ts';
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
    return { source: { s3: source }, files: await headFiles(bucket, chosen, listing) };
  },

  locate(manifest, context) {
    const source = sourceOf(manifest.source);
    const bucket = new Bucket(source, describe(source), context);
    const asked = new Set<string>();
    return async (file, signal): Promise<Locator> => {
      const questions = questionsFor(file, source);
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

/**
 * The version that was pinned, or else the object as it is now: who may read an object need not have
 * the right to read versions, and its digest tells whether it is still the same.
 */
function questionsFor({ path, version }: ManifestFile, source: S3Source): [Question, ...Question[]] {
  const current = keysOf(source.prefix, path).map((key) => ({ key }));
  const pinned = current.map(({ key }) => ({ key, query: { versionId: version ?? '' } }));
  return (version === undefined ? current : [...pinned, ...current]) as [Question, ...Question[]];
}

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
